import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { StopSignal } from '../../shared/contract.ts'
import type { EventBody, RunEvent } from '../../shared/events.ts'
import { isTerminalStatus } from '../../shared/run.ts'
import { inTransaction } from './database.ts'
import { createEventPages } from './event-pages.ts'
import type { RunEnd, RunStore } from './run-store.ts'

export interface AppendOptions {
  readonly source: 'runner' | 'agent'
  readonly agentId?: string
  /** The producer's clock, Unix seconds; the host's where it is the producer. */
  readonly ts?: number
  readonly causeSeq: readonly number[]
  readonly exchangeId?: string
}

/**
 * One chain of cause and effect in a run: what the runner began, and everything agents reported while they carried
 * it out. Its id travels in the W3C baggage of each request, so the chain is known and never guessed from times.
 */
export interface Operation {
  readonly id: string
  /** Appends a runner fact caused by the last one of this chain. */
  append(body: EventBody): RunEvent
  /** The `seq`s that the next fact of this chain follows from. */
  readonly tail: readonly number[]
}

/** The append-only log of one live run. Stored first, told afterwards. */
export interface RunLog {
  readonly runId: string
  append(body: EventBody, options: AppendOptions): RunEvent
  begin(causeSeq: readonly number[]): Operation
  /** Appends what an agent reported; its cause is the chain it names, if it names one. */
  report(
    body: EventBody,
    from: { agentId: string; ts: number; operation: string | null; exchangeId?: string },
  ): RunEvent
  /** The events after a number. */
  after(seq: number): RunEvent[]
  /** The number of the last event, 0 before the first. */
  lastSeq(): number
  /** Milliseconds of the host's monotonic clock since the run began. */
  offsetMs(): number
  /** Ends the run with its last event, both in one transaction. False when it had ended before. */
  end(body: EventBody, end: RunEnd, causeSeq: readonly number[]): boolean
}

export interface EventLogs {
  open(runId: string): RunLog
  /** The events after `afterSeq` and then what happens, until the run has ended and all was given. */
  follow(runId: string, afterSeq: number, signal: StopSignal): AsyncIterable<RunEvent>
  /** The run was deleted: its id may come again, with another history. */
  forget(runId: string): void
  /** Is told every event of every run once it is stored, in order; must not throw. Gives the way to stop it. */
  observe(observer: (event: RunEvent) => void): () => void
}

export function createEventLogs(database: DatabaseSync, store: RunStore): EventLogs {
  const waiting = new Map<string, Set<() => void>>()
  const observers = new Set<(event: RunEvent) => void>()
  const pages = createEventPages(store.events)
  /** Runs that this process writes: they have not ended, and nobody need ask the database. */
  const written = new Set<string>()

  function tell(event: RunEvent): void {
    pages.add(event)
    const readers = waiting.get(event.run_id)
    waiting.delete(event.run_id)
    for (const wake of readers ?? []) wake()
    for (const observer of observers) observer(event)
  }

  function hasEnded(runId: string): boolean {
    return !written.has(runId) && isTerminalStatus(store.status(runId))
  }

  async function* follow(runId: string, afterSeq: number, signal: StopSignal): AsyncIterable<RunEvent> {
    let cursor = afterSeq
    let wake = () => {}
    signal.addEventListener('abort', () => wake())
    while (!signal.aborted) {
      // Asked before the page is read: an end is stored together with its event.
      const ended = hasEnded(runId)
      const page = pages.after(runId, cursor)
      for (const event of page) {
        cursor = event.seq
        yield event
      }
      if (page.length > 0) continue
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
        const readers = waiting.get(runId) ?? new Set()
        waiting.set(runId, readers.add(resolve))
      })
      // Who was woken by leaving waits no more.
      waiting.get(runId)?.delete(wake)
    }
  }

  function open(runId: string): RunLog {
    const startedAt = performance.now()
    const offsetMs = () => Math.round((performance.now() - startedAt) * 1000) / 1000
    const chains = new Map<string, number[]>()
    let seq = store.eventCount(runId)
    written.add(runId)

    function write(body: EventBody, options: AppendOptions): RunEvent {
      const event = {
        ...body,
        seq: seq + 1,
        ts: options.ts ?? Date.now() / 1000,
        offset_ms: offsetMs(),
        run_id: runId,
        source: options.source,
        ...(options.agentId === undefined ? {} : { agent_id: options.agentId }),
        cause_seq: [...options.causeSeq],
        ...(options.exchangeId === undefined ? {} : { exchange_id: options.exchangeId }),
      } as RunEvent
      store.appendEvent(event)
      seq = event.seq
      return event
    }

    function append(body: EventBody, options: AppendOptions): RunEvent {
      const event = write(body, options)
      tell(event)
      return event
    }

    function begin(causeSeq: readonly number[]): Operation {
      const id = randomBytes(8).toString('hex')
      chains.set(id, [...causeSeq])
      return {
        id,
        get tail() {
          return chains.get(id) ?? []
        },
        append(body) {
          const event = append(body, { source: 'runner', causeSeq: chains.get(id) ?? [] })
          chains.set(id, [event.seq])
          return event
        },
      }
    }

    return {
      runId,
      append,
      begin,
      after: (from) => store.events(runId, from, seq - from),
      lastSeq: () => seq,
      offsetMs,
      report(body, { agentId, ts, operation, exchangeId }) {
        const chain = operation === null ? undefined : chains.get(operation)
        const event = append(body, {
          source: 'agent',
          agentId,
          ts,
          causeSeq: chain ?? [],
          ...(exchangeId === undefined ? {} : { exchangeId }),
        })
        if (chain && operation !== null) chains.set(operation, [event.seq])
        return event
      },
      end(body, end, causeSeq) {
        const before = seq
        try {
          const last = inTransaction(database, () =>
            store.end(runId, end) ? write(body, { source: 'runner', causeSeq }) : null,
          )
          written.delete(runId)
          if (last !== null) tell(last)
          return last !== null
        } catch (error) {
          seq = before
          throw error
        }
      },
    }
  }

  return {
    open,
    follow,
    forget: pages.forget,
    observe(observer) {
      observers.add(observer)
      return () => observers.delete(observer)
    },
  }
}
