import type { Logger } from 'pino'
import { AppError } from '../../shared/errors.ts'
import type { ExchangeCapture } from '../../shared/exchange.ts'
import type { TelemetryBatch, TelemetryItem } from '../../shared/telemetry.ts'
import type { RunLog } from '../store/event-log.ts'
import type { ExchangeStore } from '../store/exchange-store.ts'
import type { Metrics } from './metrics/metrics.ts'

export interface Reporter {
  readonly log: RunLog
  readonly agentId: string
}

interface KnownReporter extends Reporter {
  lastSeq: number
}

/**
 * Where agents report. The secret says who reports and for which run; whatever the report itself claims about that
 * is not asked.
 */
export interface TelemetryDesk {
  admit(secret: string, reporter: Reporter): void
  /** After this, nothing from the run's agents is taken any more. */
  dismissRun(runId: string): void
  /** Throws `telemetry_refused` for a secret that is not admitted. */
  require(secret: string): void
  /** Throws as `require`. */
  receive(secret: string, batch: TelemetryBatch): void
  /** Stores what the host itself saw of an exchange of an agent. */
  witness(reporter: Reporter, capture: ExchangeCapture): void
}

export interface TelemetryDeskParts {
  readonly exchanges: ExchangeStore
  readonly metrics: Pick<Metrics, 'verified'>
  readonly log: Logger
}

export function createTelemetryDesk({ exchanges, metrics, log }: TelemetryDeskParts): TelemetryDesk {
  const reporters = new Map<string, KnownReporter>()
  const witness = ({ log: { runId, offsetMs }, agentId }: Reporter, capture: ExchangeCapture) => {
    exchanges.put(runId, offsetMs(), { ...capture, agent_id: agentId })
    if (capture.report !== null) metrics.verified(capture.report)
  }
  return {
    witness,
    admit: (secret, reporter) => void reporters.set(secret, { ...reporter, lastSeq: 0 }),
    dismissRun(runId) {
      for (const [secret, { log }] of reporters) if (log.runId === runId) reporters.delete(secret)
    },
    require: (secret) => void reporterOf(secret),
    receive(secret, batch) {
      const reporter = reporterOf(secret)
      for (const item of batch.items) {
        // A batch that was sent twice, because its answer was lost, is told once.
        if (item.agent_seq <= reporter.lastSeq) continue
        if (item.agent_seq > reporter.lastSeq + 1) reportGap(reporter, item.agent_seq)
        reporter.lastSeq = item.agent_seq
        take(reporter, item)
      }
    },
  }

  function reporterOf(secret: string): KnownReporter {
    const reporter = reporters.get(secret)
    if (reporter) return reporter
    throw new AppError('telemetry_refused', 'Telemetry is taken only from agents of a run that is going on.')
  }

  function reportGap({ log: { runId }, agentId, lastSeq }: KnownReporter, nextSeq: number): void {
    log.warn({ run_id: runId, agent_id: agentId, from: lastSeq + 1, to: nextSeq - 1 }, 'telemetry was lost')
  }

  function take(reporter: Reporter, item: TelemetryItem): void {
    if (item.item === 'exchange') {
      witness(reporter, item.exchange)
      return
    }
    const { log: runLog, agentId } = reporter
    runLog.report(item.event, {
      agentId,
      ts: item.ts,
      operation: item.operation,
      ...(item.exchange_id === undefined ? {} : { exchangeId: item.exchange_id }),
    })
  }
}
