import type { RunEvent } from '../../shared/events.ts'
import type { ControlPlane } from './client.ts'
import { type ReportTerms, reportedEvent } from './reported-event.ts'

/** Tells a Control Plane of a run while it goes on, in small batches, and never holds the run up (B-58, B-59). */
export interface Report {
  /** Takes an event that is stored. */
  add(event: RunEvent): void
  /** Resolves when everything that was added has been sent, or could not be. */
  flush(): Promise<void>
}

/** How long an event may wait for others to go with it. */
const gatherMs = 200
/** As many as go at once without waiting. */
const mostWaiting = 100

export function createReport(controlPlane: ControlPlane, terms: ReportTerms): Report {
  let waiting: Record<string, unknown>[] = []
  let sending: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    // One after the other: a Control Plane projects events in the order in which they come.
    if (batch.length > 0) sending = sending.then(() => controlPlane.ingestEvents(batch))
    return sending
  }

  return {
    add(event) {
      waiting.push(reportedEvent(event, terms))
      if (waiting.length >= mostWaiting) void flush()
      else timer ??= setTimeout(() => void flush(), gatherMs).unref()
    },
    flush,
  }
}
