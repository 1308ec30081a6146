import type { RunEvent } from '../../shared/events.ts'

/** A page of this many events is read and parsed once for all who read a run. */
export const pageSize = 256
/** Pages held at a time, over all runs; who is further behind reads from the database again. */
const pagesHeld = 32

export interface EventPages {
  /** Some of the events after a number, at least one where there is one; the objects are shared. */
  after(runId: string, seq: number): readonly RunEvent[]
  /** Takes note of an event that was just stored. */
  add(event: RunEvent): void
  /** The run is gone, and its id may be used again. */
  forget(runId: string): void
}

/** The part of the log that is being read, in memory: a run has many readers, and most are at the same place. */
export function createEventPages(
  read: (runId: string, afterSeq: number, limit: number) => RunEvent[],
): EventPages {
  // A map keeps the order in which it was filled: the first is what was asked for the longest ago.
  const pages = new Map<string, RunEvent[]>()
  const keyOf = (runId: string, index: number) => `${runId} ${index}`

  function hold(key: string, page: RunEvent[]): RunEvent[] {
    pages.delete(key)
    pages.set(key, page)
    const [oldest] = pages.keys()
    if (pages.size > pagesHeld && oldest !== undefined) pages.delete(oldest)
    return page
  }

  return {
    after(runId, seq) {
      const index = Math.floor(seq / pageSize)
      const key = keyOf(runId, index)
      const first = index * pageSize
      return hold(key, pages.get(key) ?? read(runId, first, pageSize)).slice(seq - first)
    },
    add(event) {
      const place = (event.seq - 1) % pageSize
      const key = keyOf(event.run_id, Math.floor((event.seq - 1) / pageSize))
      if (place === 0) hold(key, [event])
      else pages.get(key)?.push(event)
    },
    forget(runId) {
      for (const key of pages.keys()) if (key.startsWith(`${runId} `)) pages.delete(key)
    },
  }
}
