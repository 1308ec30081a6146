import type { Logger } from 'pino'
import { isTerminalEvent, type RunEvent } from '../../../shared/events.ts'
import type { ExchangeStore } from '../../store/exchange-store.ts'
import type { RunStore } from '../../store/run-store.ts'
import { deriveSpans } from './derive-spans.ts'
import type { SpanSender } from './otlp.ts'

/** Sends the trace of each run that ends, where somebody configured a collector; nothing is loaded for it else. */
export interface TraceExport {
  observe(event: RunEvent): void
  /** Waits for what is on its way, but not long. */
  close(): Promise<void>
}

export interface TraceExportParts {
  readonly environment: NodeJS.ProcessEnv
  readonly version: string
  readonly store: RunStore
  readonly exchanges: ExchangeStore
  readonly log: Logger
}

/** For one request to the collector, and for all that is left when the host closes. */
const timeoutMs = 3_000
/** Runs that may wait for a slow collector; more are dropped. */
const mostWaiting = 50

export function createTraceExport(parts: TraceExportParts): TraceExport {
  const url = tracesUrl(parts.environment)
  return url === null ? { observe: () => undefined, close: async () => undefined } : exportTo(url, parts)
}

/** Where traces go, by the variables that OpenTelemetry defines; `null` for nowhere. */
function tracesUrl(environment: NodeJS.ProcessEnv): string | null {
  const own = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  if (own) return own
  const common = environment['OTEL_EXPORTER_OTLP_ENDPOINT']
  return common ? `${common.replace(/\/$/, '')}/v1/traces` : null
}

function exportTo(url: string, { store, exchanges, version, log }: TraceExportParts): TraceExport {
  const traceIds = new Map<string, string>()
  let sender: Promise<SpanSender> | null = null
  let waiting = 0
  let sending = Promise.resolve()
  let hasWarned = false
  let isClosed = false

  function lost(runId: string, traceId: string, error: unknown): void {
    if (hasWarned || isClosed) return
    hasWarned = true
    log.warn(
      { run_id: runId, trace_id: traceId, err: error },
      'a trace was lost, as others may be; the collector does not take them',
    )
  }

  async function send(runId: string, traceId: string): Promise<void> {
    if (isClosed) return
    sender ??= import('./otlp.ts').then(({ createSpanSender }) => createSpanSender(url, timeoutMs, version))
    const spans = deriveSpans(store.get(runId), exchanges.details(runId))
    await (await sender).send(traceId, spans)
  }

  function runEnded(runId: string, traceId: string): void {
    if (waiting >= mostWaiting) {
      lost(runId, traceId, new Error(`${waiting} traces wait already`))
      return
    }
    waiting += 1
    sending = sending
      .then(() => send(runId, traceId))
      .catch((error: unknown) => lost(runId, traceId, error))
      .finally(() => {
        waiting -= 1
      })
  }

  return {
    observe(event) {
      if (event.type === 'run.started' && event.trace_id !== undefined)
        traceIds.set(event.run_id, event.trace_id)
      const traceId = traceIds.get(event.run_id)
      if (traceId === undefined || !isTerminalEvent(event)) return
      runEnded(event.run_id, traceId)
      traceIds.delete(event.run_id)
    },
    async close() {
      const timer = Promise.withResolvers<void>()
      const timeout = setTimeout(timer.resolve, timeoutMs)
      const closed = sending.then(async () => (await sender)?.close()).catch(() => undefined)
      await Promise.race([closed, timer.promise])
      clearTimeout(timeout)
      isClosed = true
    },
  }
}
