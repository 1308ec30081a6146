import type { AwaitingCommit } from '../../src/aitp/index.ts'

/** Hellos that were answered and wait for their commit, by session id. */
export interface PendingHandshakes {
  /** False when there is no room; nothing alive is dropped to make some. */
  put(sessionId: string, state: AwaitingCommit, now: number): boolean
  get(sessionId: string, now: number): AwaitingCommit | undefined
  drop(sessionId: string): void
  /** For a new key: what was begun under the old one cannot be finished. */
  clear(): void
}

export function createPendingHandshakes(capacity: number): PendingHandshakes {
  const states = new Map<string, AwaitingCommit>()
  const sweep = (now: number) => {
    for (const [id, state] of states) if (state.expiresAt <= now) states.delete(id)
  }
  return {
    put(sessionId, state, now) {
      sweep(now)
      if (states.size >= capacity) return false
      states.set(sessionId, state)
      return true
    },
    get(sessionId, now) {
      sweep(now)
      return states.get(sessionId)
    },
    drop: (sessionId) => void states.delete(sessionId),
    clear: () => states.clear(),
  }
}
