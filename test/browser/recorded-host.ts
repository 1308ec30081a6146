import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contentSecurityPolicy } from '../../src/main/api/pages.ts'
import { AppError, appErrorStatus, errorBody, toAppError } from '../../src/shared/errors.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { isTerminalEvent } from '../../src/shared/events.ts'
import type { Exchange } from '../../src/shared/exchange.ts'
import type { Projections } from '../../src/shared/projections.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { type ControlPlaneAnswers, notReported, off } from './recorded-control-plane.ts'
import { packs, type Recording, scenarioDetails, scenarios } from './recorded-run.ts'

const renderer = fileURLToPath(new URL('../../out/renderer/', import.meta.url))

const media: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface Live {
  recording: Recording
  /** Events that have happened so far. */
  upTo: number
  readonly streams: Set<ServerResponse>
}

/** Stands for the host in tests of the window: the built pages, and the contract answered from recordings. */
export class RecordedHost {
  readonly code = 'one-time-code'
  readonly bearer = 'bearer-of-the-test'
  /** Bodies of `POST /runs`, in order. */
  readonly started: unknown[] = []
  /** Runs that were asked to stop, in order. */
  readonly cancelled: string[] = []
  /** Runs that were asked to stand still or to go on, in order, as `how run_id`. */
  readonly paced: string[] = []
  /** `after_seq` of each subscription, in order. */
  readonly subscriptions: number[] = []
  readonly #runs = new Map<string, Live>()
  readonly #server = createServer((request, response) => this.#answer(request, response))
  #codeSpent = false
  /** What the next `POST /runs` plays; `null` refuses it with {@link refuseRunWith}. */
  next: Recording | null = null
  refuseRunWith: AppError | null = null
  signedOut = false
  /** The Control Plane of this host; it may come and go. */
  controlPlane: ControlPlaneAnswers = off
  /** Runs held against their Control Plane, by run id; others have none. */
  readonly projections = new Map<string, Projections>()

  async listen(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }

  /** Puts a recording into the store as if it had happened until event `upTo`. */
  play(recording: Recording, upTo = recording.run.events.length): void {
    this.#runs.set(recording.run.run_id, { recording, upTo, streams: new Set() })
  }

  /** Lets the next events happen. */
  advance(runId: string, events = 1): void {
    const live = this.#live(runId)
    for (let step = 0; step < events; step += 1) {
      const event = live.recording.run.events[live.upTo]
      if (!event) return
      live.upTo += 1
      for (const stream of live.streams) sendEvent(stream, event)
    }
  }

  /** Lets events happen that no open stream hears of. */
  skip(runId: string, events: number): void {
    this.#live(runId).upTo += events
  }

  /** Sends something a second time, or out of turn. */
  sendAgain(runId: string, seq: number): void {
    const { recording, streams } = this.#live(runId)
    const event = recording.run.events[seq - 1]
    if (event) for (const stream of streams) sendEvent(stream, event)
  }

  /** Breaks every stream of a run, as a restart of the host would. */
  breakStreams(runId: string): void {
    for (const stream of this.#live(runId).streams) stream.destroy()
  }

  #live(runId: string): Live {
    const live = this.#runs.get(runId)
    if (!live) throw new AppError('run_not_found', `There is no run ${runId}.`)
    return live
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
    if (request.method === 'GET' && this.#file(url.pathname, response)) return
    read(request)
      .then((body) => {
        if (path[0] === 'session') return send(response, 200, this.#openSession(body))
        if (this.signedOut || request.headers.authorization !== `Bearer ${this.bearer}`)
          throw new AppError('unauthorized', 'This needs the bearer.')
        if (path[2] === 'events') return this.#stream(String(path[1]), url, response)
        return send(response, request.method === 'POST' ? 202 : 200, this.#call(request.method, path, body))
      })
      .catch((thrown: unknown) => {
        const error = toAppError(thrown)
        send(response, appErrorStatus[error.code], errorBody(error))
      })
  }

  #file(pathname: string, response: ServerResponse): boolean {
    const path = join(renderer, normalize(pathname === '/' ? 'index.html' : pathname))
    const type = media[extname(path)]
    if (!type || !path.startsWith(renderer) || !existsSync(path)) return false
    response.writeHead(200, {
      'content-type': type,
      'content-security-contentSecurityPolicy': contentSecurityPolicy,
      'cache-control': 'no-cache',
    })
    createReadStream(path).pipe(response)
    return true
  }

  #openSession(body: unknown): unknown {
    if (this.#codeSpent || (body as { code?: unknown }).code !== this.code)
      throw new AppError('code_spent', 'This address was used already.')
    this.#codeSpent = true
    return { bearer: this.bearer }
  }

  #call(method: string | undefined, path: readonly string[], body: unknown): unknown {
    const [noun, id = '', sub, subId] = path
    if (noun === 'packs') return packs
    if (noun === 'scenarios' && path.length === 1) return scenarios
    if (noun === 'scenarios') {
      const found = scenarioDetails.find(({ ref }) => ref === `${id}/${sub}`)
      if (!found) throw new AppError('scenario_not_found', `There is no scenario ${id}/${sub}.`)
      return found
    }
    if (noun === 'runs' && method === 'POST' && path.length === 1) return this.#startRun(body)
    if (noun === 'runs' && path.length === 1) return { runs: [...this.#runs.values()].map(summaryOf) }
    if (noun === 'cp') return this.#shown(id)
    if (noun !== 'runs') throw new AppError('not_found', 'Nothing is here.')
    const live = this.#live(id)
    if (sub === undefined) return runAsOf(live)
    if (sub === 'projections') return this.projections.get(id) ?? { ...notReported, run_id: id }
    if (sub === 'status') return { ...summaryOf(live), event_count: live.upTo }
    if (sub === 'cancel') return this.#cancel(id)
    if (sub === 'pause' || sub === 'resume' || sub === 'step') return this.#pace(id, sub)
    if (sub === 'exchanges' && subId === undefined)
      return { run_id: id, exchanges: captured(live).map(withoutBodies) }
    const exchange = captured(live).find(({ exchange_id }) => exchange_id === subId)
    if (!exchange) throw new AppError('exchange_not_found', `There is no exchange ${subId}.`)
    return exchange
  }

  #shown(name: string): unknown {
    const answer = Object.entries(this.controlPlane).find(([path]) => path === name)
    if (!answer) throw new AppError('not_found', 'Nothing is here.')
    return answer[1]
  }

  #startRun(body: unknown): unknown {
    this.started.push(body)
    if (this.refuseRunWith) throw this.refuseRunWith
    if (!this.next) throw new AppError('internal_error', 'The test names no run to play.')
    this.play(this.next, 1)
    const { run_id, scenario_ref, run_label } = this.next.run
    return { run_id, status: 'running', scenario_ref, run_label }
  }

  #cancel(runId: string): unknown {
    this.cancelled.push(runId)
    return { run_id: runId, status: 'cancelled', cancelled: true }
  }

  #pace(runId: string, how: 'pause' | 'resume' | 'step'): unknown {
    this.paced.push(`${how} ${runId}`)
    return { run_id: runId, status: 'running', paused: how !== 'resume' }
  }

  #stream(runId: string, url: URL, response: ServerResponse): void {
    const live = this.#live(runId)
    const after = Number(url.searchParams.get('after_seq') ?? 0)
    this.subscriptions.push(after)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    for (const event of live.recording.run.events.slice(after, live.upTo)) sendEvent(response, event)
    live.streams.add(response)
    response.on('close', () => live.streams.delete(response))
    if (live.upTo === live.recording.run.events.length) end(response)
  }
}

/** What agents have sent so far: all that is older than the newest event. */
function captured({ recording, upTo }: Live): Recording['exchanges'] {
  const { events } = recording.run
  if (upTo === events.length) return recording.exchanges
  const now = events[upTo - 1]?.offset_ms ?? 0
  return recording.exchanges.filter(({ offset_ms }) => offset_ms <= now)
}

function withoutBodies({
  client: _client,
  server: _server,
  ...exchange
}: Recording['exchanges'][number]): Exchange {
  return exchange
}

function runAsOf(live: Live): RunRecord {
  const { run } = live.recording
  const events = run.events.slice(0, live.upTo)
  const over = events.some(isTerminalEvent)
  return {
    ...run,
    events,
    status: over ? run.status : 'running',
    ...(over ? {} : { outputs: {}, error: null, error_code: null }),
  }
}

function summaryOf(live: Live) {
  const { run_id, status, scenario_ref, run_label, template, created_at } = runAsOf(live)
  return { run_id, status, scenario_ref, run_label, template, created_at, event_count: live.upTo }
}

function sendEvent(stream: ServerResponse, event: RunEvent): void {
  stream.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
  if (isTerminalEvent(event)) end(stream)
}

function end(stream: ServerResponse): void {
  if (!stream.writableEnded) stream.end('data: {"type":"stream.end"}\n\n')
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? null : JSON.parse(text)
}
