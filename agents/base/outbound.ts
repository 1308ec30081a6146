import { randomBytes } from 'node:crypto'
import type { ExchangeKind } from '../../src/shared/exchange.ts'
import type { Report } from '../../src/shared/report.ts'
import type { Agent } from './agent.ts'
import { captureBody, captureHeaders, findTokens } from './capture.ts'
import { outgoingContext, requestContext } from './request-context.ts'

export interface Outgoing {
  readonly kind: ExchangeKind
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly peerAid: string | null
  readonly timeoutMs: number
}

export interface Incoming {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What a receiver makes of an answer; returned or thrown, it is recorded with the exchange. */
export interface Judged<Value> {
  readonly value: Value
  readonly sessionId?: string | null
}

const largestResponse = 256 * 1024

/** There was no answer, or none that could be read. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * Sends a request to a peer, lets `judge` verify the answer, and records the exchange with the report, whichever way
 * it goes. `judge` throws to refuse; `report` is asked afterwards.
 */
export async function exchangeWith<Value>(
  agent: Agent,
  outgoing: Outgoing,
  judge: (incoming: Incoming, exchangeId: string) => Judged<Value>,
  report: () => Report | null,
): Promise<Value> {
  const exchangeId = randomBytes(8).toString('hex')
  const startedAt = Date.now() / 1000
  const startedMs = performance.now()
  const headers = {
    ...(outgoing.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...outgoing.headers,
    ...outgoingContext(exchangeId),
  }
  let incoming: Incoming | null = null
  let sessionId = outgoing.headers?.['x-aitp-session-id'] ?? null
  let error: { code: string; message: string } | null = null
  try {
    incoming = await send(outgoing, headers)
    const judged = judge(incoming, exchangeId)
    sessionId = judged.sessionId ?? sessionId
    return judged.value
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no_answer'
    error = { code, message: thrown instanceof Error ? thrown.message : String(thrown) }
    throw thrown
  } finally {
    const { traceId, operation } = requestContext()
    const responseHeaders = incoming ? [...incoming.headers] : []
    agent.telemetry.exchange({
      exchange_id: exchangeId,
      trace_id: traceId,
      side: 'client',
      kind: outgoing.kind,
      operation,
      session_id: sessionId,
      peer_agent_id:
        outgoing.peerAid === null ? null : (agent.peers.byAid(outgoing.peerAid)?.agent_id ?? null),
      peer_aid: outgoing.peerAid,
      started_at: startedAt,
      duration_ms: performance.now() - startedMs,
      request: {
        method: outgoing.method,
        url: outgoing.url,
        headers: captureHeaders(Object.entries(headers)),
        body: captureBody(outgoing.body ?? ''),
      },
      response: incoming
        ? {
            status: incoming.status,
            headers: captureHeaders(responseHeaders),
            body: captureBody(incoming.text),
          }
        : null,
      error,
      report: incoming ? report() : null,
      request_tokens: findTokens(agent.aitp, Object.entries(headers), outgoing.body ?? ''),
      response_tokens: incoming ? findTokens(agent.aitp, responseHeaders, incoming.text) : [],
    })
  }
}

async function send(outgoing: Outgoing, headers: Record<string, string>): Promise<Incoming> {
  try {
    const response = await fetch(outgoing.url, {
      method: outgoing.method,
      headers,
      ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      redirect: 'error',
      signal: AbortSignal.timeout(outgoing.timeoutMs),
    })
    return { status: response.status, headers: response.headers, text: await readBounded(response) }
  } catch (cause) {
    if (cause instanceof NoAnswer) throw cause
    const reason =
      cause instanceof Error && cause.name === 'TimeoutError' ? `within ${outgoing.timeoutMs} ms` : 'at all'
    throw new NoAnswer(`${outgoing.url} did not answer ${reason}`, { cause })
  }
}

/** Counts while reading; a length header proves nothing. */
async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > largestResponse)
      throw new NoAnswer(`${response.url} answered with more than ${largestResponse} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
