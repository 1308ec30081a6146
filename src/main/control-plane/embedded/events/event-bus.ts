/** A stored event (control-plane.md §3.5); times are Unix milliseconds, what is absent is `null`. */
export interface StoredEvent {
  /** Order of storage. */
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly ts: number
  readonly aidA: string | null
  readonly aidB: string | null
  readonly sessionId: string | null
  readonly runId: string | null
  readonly grants: readonly string[] | null
  readonly payload: unknown
  readonly source: string
  readonly createdAt: number
}

/** Tells of each event once it is stored, in order. */
export interface EventBus {
  publish(event: StoredEvent): void
  /** Gives the way to stop it. The listener must not throw. */
  subscribe(listener: (event: StoredEvent) => void): () => void
}

export function createEventBus(): EventBus {
  const listeners = new Set<(event: StoredEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
