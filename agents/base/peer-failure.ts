import type { Incoming } from './outbound.ts'
import { refusalOf, WorkerError } from './refusal.ts'

/**
 * As the host is told: {@link WorkerError}, 502 with its code for what the peer or the way to it is to blame for, 500 for
 * a failure of our own, which must not pass for one of theirs.
 */
export function failedAtPeer(error: unknown): WorkerError {
  if (error instanceof WorkerError) return error
  const { status, code, message, check, retryable } = refusalOf(error, 502)
  return new WorkerError(status, code, message, { check, retryable, cause: error })
}

/** The peer's own refusal: its code is data about the attempt and not yet proven, so it is never acted upon. */
export function refusedByPeer({ status, text }: Incoming): WorkerError {
  try {
    const { code } = JSON.parse(text).error
    if (typeof code === 'string') return new WorkerError(502, code, `the peer refused with ${code}`)
  } catch {
    // Not the error body of the protocol; the status is all there is.
  }
  return new WorkerError(502, `HTTP ${status}`, `the peer answered ${status}`)
}
