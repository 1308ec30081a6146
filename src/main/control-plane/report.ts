import type { Logger } from 'pino'
import type { RunEvent } from '../../shared/events.ts'
import type { SentBatch } from '../../shared/projections.ts'
import { batches, fitted } from './batches.ts'
import type { ControlPlane } from './client.ts'
import { type ReportedEvent, type ReportTerms, reportedEvent } from './reported-event.ts'

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
const tooLarge = 413

export function createReport(
  controlPlane: ControlPlane,
  terms: ReportTerms,
  onSent: (batch: SentBatch) => void,
  log: Pick<Logger, 'error'>,
): Report {
  let waiting: ReportedEvent[] = []
  let sending: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    // One after the other: a Control Plane projects events in the order in which they come.
    if (batch.length > 0) {
      sending = sending
        .then(() => send(batch))
        .catch((err: unknown) =>
          log.error({ err }, 'what was sent to the Control Plane could not be recorded'),
        )
    }
    return sending
  }

  async function send(events: readonly ReportedEvent[]): Promise<void> {
    for (const batch of batches(events.map(fitted))) await sendBatch(batch)
  }

  /** What is too large together may not be by itself: halves of it are sent until one event alone is refused. */
  async function sendBatch(batch: readonly ReportedEvent[]): Promise<void> {
    const sentAt = Date.now() / 1000
    const { status, error } = await controlPlane.ingestEvents(batch)
    if (status === tooLarge && batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await sendBatch(batch.slice(0, half))
      await sendBatch(batch.slice(half))
      return
    }
    const seqs = batch.map(({ seq }) => seq)
    onSent({ first_seq: Math.min(...seqs), last_seq: Math.max(...seqs), sent_at: sentAt, status, error })
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
