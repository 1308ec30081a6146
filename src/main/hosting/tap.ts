import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Aitp } from '../../aitp/index.ts'
import { captureBody, captureHeaders, findTokens, incomingHeaders } from '../../shared/capture.ts'
import type { ExchangeCapture } from '../../shared/exchange.ts'
import { createExchangeIds } from '../../shared/exchange-ids.ts'
import { exchangeKindOf } from '../../shared/exchange-kind.ts'
import { ownAuthorities } from '../../shared/own-authority.ts'
import { isFromPage, pageRefusal } from '../../shared/refuse-pages.ts'
import { readTraceContext } from '../../shared/trace-context.ts'
import { listenOnLoopback } from '../listen.ts'
import { type Answered, askWorker, largestBody, type Passed, readWhole, refusalText } from './pass-on.ts'
import { unreportedReport } from './unreported-report.ts'

export interface TapOptions {
  readonly aitp: Pick<Aitp, 'decodeToken' | 'fingerprint'>
  /** Any other when it is taken; 0 for any. */
  readonly port: number
  /** The `Host` values beyond loopback under which the worker is reached. */
  readonly publicHosts: readonly string[]
  readonly record: (capture: ExchangeCapture) => void
}

/** Stands in front of a worker that cannot say what was said to it, and records that. */
export interface Tap {
  readonly port: number
  /** Where the worker listens; before that, nobody is answered. */
  aimAt(port: number): void
  close(): Promise<void>
}

const largestHeader = 16 * 1024
const requestReadMs = 5_000
export async function startTap({ aitp, port, publicHosts, record }: TapOptions): Promise<Tap> {
  const ids = createExchangeIds(() => randomHex(8))
  let target: number | null = null
  const server = createServer(
    { maxHeaderSize: largestHeader, headersTimeout: requestReadMs, requestTimeout: requestReadMs },
    (request, response) => {
      pass(request, response).catch(() => response.destroy())
    },
  )
  const listening = await listenOnLoopback(server, port, 'or any')
  const authorities = [...ownAuthorities(listening), ...publicHosts]

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isFromPage(request.headers, authorities)) return answer(response, 403, JSON.stringify(pageRefusal))
    const { url = '' } = request
    // Whoever sends another form takes this for a proxy.
    if (!url.startsWith('/')) return answer(response, 400, noPath)
    const path = pathOf(url)
    // The host asks the worker itself; nobody else has business there.
    if (path === null || /^\/+admin(\/|$)/i.test(path) || target === null)
      return answer(response, 404, nothingHere)
    const started = { at: Date.now() / 1000, ms: performance.now() }
    const { traceId, spanId, operation } = readTraceContext(request.headers, randomHex)
    const exchangeId = ids.claim(spanId)
    const body = await readWhole(request)
    const passed = body === null ? tooLarge : await askWorker(target, request, body)
    const requestHeaders = incomingHeaders(request.headers)
    const text = body?.toString('utf8') ?? ''
    const kind = exchangeKindOf(path)
    const captured = 'error' in passed ? null : responseOf(passed)
    record({
      exchange_id: exchangeId,
      trace_id: traceId,
      side: 'server',
      kind,
      operation,
      session_id: sessionOf(request, passed),
      peer_agent_id: null,
      peer_aid: null,
      started_at: started.at,
      duration_ms: performance.now() - started.ms,
      request: {
        method: request.method ?? '',
        url: `http://${request.headers.host ?? ''}${request.url ?? ''}`,
        headers: captureHeaders(requestHeaders),
        body: captureBody(text),
      },
      response: captured,
      error: 'error' in passed ? passed.error : null,
      report: captured === null ? null : unreportedReport(kind, started.at, captured),
      request_tokens: findTokens(aitp, requestHeaders, text),
      response_tokens: captured === null ? [] : findTokens(aitp, captured.headers, captured.body.text),
    })
    // The worker gave no answer; neither does what stands before it.
    if ('error' in passed) response.destroy()
    else response.writeHead(passed.status, passed.rawHeaders).end(passed.body)
  }

  return {
    port: listening,
    aimAt: (worker) => {
      target = worker
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function responseOf({ status, rawHeaders, body }: Answered): NonNullable<ExchangeCapture['response']> {
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.push([rawHeaders[at]?.toLowerCase() ?? '', rawHeaders[at + 1] ?? ''])
  }
  return { status, headers: captureHeaders(headers), body: captureBody(body.toString('utf8')) }
}

const tooLarge: Answered = {
  status: 413,
  rawHeaders: ['content-type', 'application/json', 'connection', 'close'],
  body: Buffer.from(refusalText('INVALID_ENVELOPE', `a body has at most ${largestBody} bytes`)),
}
const noPath = refusalText('invalid_target', 'A request names its target by a path.')
const nothingHere = refusalText('not_found', 'There is nothing here.')

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text)
}

/** As a worker would read it: without the query, and nothing escaped; `null` for what cannot be read so. */
function pathOf(url: string): string | null {
  const [path = ''] = url.split('?')
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

function sessionOf(request: IncomingMessage, passed: Passed): string | null {
  const named = request.headers['x-aitp-session-id']
  if (typeof named === 'string') return named
  if ('error' in passed) return null
  const at = passed.rawHeaders.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'x-aitp-session-id',
  )
  return at === -1 ? null : (passed.rawHeaders[at + 1] ?? null)
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
