import type { ConsoleClient } from '../../shared/client.ts'
import { type AppError, errorFromBody } from '../../shared/errors.ts'
import type { RunEvent } from '../../shared/events.ts'

/** `reconnecting`: events continue to be recorded by the host; nothing is lost. `failed`: the host gave a final no. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'failed'

export interface RunLogSnapshot {
  /** Append-only and shared between snapshots; read only the first `count`. */
  readonly events: readonly RunEvent[]
  readonly count: number
  readonly connection: Connection
  readonly error: AppError | null
}

export interface RunLogOptions {
  readonly client: ConsoleClient
  readonly runId: string
  /** Calls back once before the next frame. */
  readonly onNextFrame: (callback: () => void) => void
  readonly wait: (callback: () => void, ms: number) => () => void
}

const finalCodes: readonly string[] = ['run_not_found', 'unauthorized', 'not_found']
const longestWaitMs = 5_000

/**
 * The events of one run in order, without gaps and without repetitions, however often the connection breaks. Arrivals
 * are applied once a frame.
 */
export class RunLog {
  readonly #options: RunLogOptions
  readonly #events: RunEvent[] = []
  readonly #listeners = new Set<() => void>()
  #arrived: RunEvent[] = []
  #connection: Connection = 'connecting'
  #error: AppError | null = null
  #snapshot: RunLogSnapshot = { events: this.#events, count: 0, connection: 'connecting', error: null }
  #lastSeq = 0
  #failures = 0
  #framePending = false
  #stop: () => void = () => {}

  constructor(options: RunLogOptions) {
    this.#options = options
  }

  readonly getSnapshot = (): RunLogSnapshot => this.#snapshot

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  open(): void {
    const { client, runId } = this.#options
    let current = true
    const unsubscribe = client.subscribe(
      'runEvents',
      { run_id: runId, after_seq: this.#lastSeq },
      {
        item: (event) => {
          if (current && !this.#take(event)) this.#reopen()
        },
        end: () => {
          if (current) this.#enter('ended')
        },
        error: (body) => {
          if (current) this.#lost(errorFromBody(body))
        },
      },
    )
    this.#stop = () => {
      current = false
      unsubscribe()
    }
    // A stream with nothing to say looks like one that never opened; the status answers which it is.
    if (this.#failures > 0) {
      client.call('getRunStatus', { run_id: runId }).then(
        () => {
          if (current && this.#connection === 'reconnecting') this.#enter('live')
        },
        () => {},
      )
    }
  }

  close(): void {
    this.#stop()
    this.#stop = () => {}
  }

  /** False when an event before this one is missing. */
  #take(event: RunEvent): boolean {
    if (event.seq <= this.#lastSeq) return true
    if (event.seq > this.#lastSeq + 1) return false
    this.#lastSeq = event.seq
    this.#failures = 0
    this.#arrived.push(event)
    this.#enter('live')
    return true
  }

  #reopen(): void {
    this.#stop()
    this.open()
  }

  #lost(error: AppError): void {
    this.#stop()
    this.#error = error
    if (finalCodes.includes(error.code)) {
      this.#enter('failed')
      return
    }
    this.#enter('reconnecting')
    const ms = Math.min(longestWaitMs, 250 * 2 ** this.#failures)
    this.#failures += 1
    const cancel = this.#options.wait(() => this.open(), ms)
    this.#stop = cancel
  }

  #enter(connection: Connection): void {
    this.#connection = connection
    if (this.#framePending) return
    this.#framePending = true
    this.#options.onNextFrame(() => {
      this.#framePending = false
      for (const event of this.#arrived) this.#events.push(event)
      this.#arrived = []
      this.#snapshot = {
        events: this.#events,
        count: this.#events.length,
        connection: this.#connection,
        error: this.#error,
      }
      for (const changed of this.#listeners) changed()
    })
  }
}
