import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Retention } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { isTerminalEvent } from '../../shared/events.ts'
import type { RunStatus } from '../../shared/run.ts'
import { inTransaction } from './database.ts'
import type { EventLogs } from './event-log.ts'
import type { ExchangeStore } from './exchange-store.ts'
import { readRunFile, writeRunFile } from './run-file.ts'
import type { RunStore } from './run-store.ts'

export interface Imported {
  readonly runId: string
  readonly status: RunStatus
  readonly events: number
  readonly captures: number
}

/** Keeps runs that have ended, hands them on, takes them in, and lets them go. */
export interface RunArchive {
  readonly retention: Retention
  /** Throws `run_not_found`, or `run_going_on`. */
  delete(runId: string): void
  /** NDJSON; with exchanges it holds tokens and bodies. */
  export(runId: string, exchanges: 'all' | 'none'): string
  /** All of it or nothing. Throws `import_invalid`, or `run_id_taken`. */
  import(text: string): Imported
  /** Deletes what need not be kept, now and whenever a run has ended. */
  retain(): void
}

export interface RunArchiveParts {
  readonly database: DatabaseSync
  readonly store: RunStore
  readonly logs: EventLogs
  readonly exchanges: ExchangeStore
  readonly log: Logger
}

const dayMs = 86_400_000

export function createRunArchive(parts: RunArchiveParts, retention: Retention): RunArchive {
  const { database, store, logs, exchanges, log } = parts

  function remove(runId: string): void {
    if (!store.delete(runId)) {
      throw new AppError('run_going_on', `Run ${runId} is going on; cancel it before you delete it.`)
    }
    logs.forget(runId)
  }

  function removeBeyond(): void {
    const { max_runs, max_age_days } = retention
    const endedBefore = max_age_days === null ? null : (Date.now() - max_age_days * dayMs) / 1000
    const runIds = store.beyond(max_runs, endedBefore)
    if (runIds.length === 0) return
    inTransaction(database, () => runIds.forEach(remove))
    log.info({ run_ids: runIds, retention }, 'runs were deleted, because no more are kept')
  }

  return {
    retention,
    delete: remove,
    export(runId, which) {
      const { events, ...run } = store.get(runId)
      return writeRunFile({ run, events, captures: which === 'all' ? exchanges.captures(runId) : [] })
    },
    import(text) {
      const { run, events, captures } = readRunFile(text)
      const { run_id: runId, status } = run
      inTransaction(database, () => {
        store.adopt(run)
        for (const event of events) store.appendEvent(event)
        for (const { offsetMs, capture } of captures) exchanges.put(runId, offsetMs, capture)
      })
      return { runId, status, events: events.length, captures: captures.length }
    },
    retain() {
      removeBeyond()
      logs.observe((event) => {
        if (!isTerminalEvent(event)) return
        try {
          removeBeyond()
        } catch (error) {
          // The run has ended all the same; the next end tries again.
          log.error({ err: error }, 'runs that need not be kept could not be deleted')
        }
      })
    },
  }
}
