import { AitpError } from '../../src/aitp/index.ts'
import type { Incoming } from './outbound.ts'
import { WorkerError } from './refusal.ts'

/** What an attempt at a peer failed with. */
export interface Failure {
  readonly code: string
  readonly check: string | null
  readonly message: string
}

/** Why an attempt at a peer failed; `no_answer` is the code of what has none, such as a connection that broke. */
export function explain(error: unknown): Failure {
  if (error instanceof AitpError) return { code: error.code, check: error.check, message: error.message }
  if (error instanceof WorkerError) return error.refusal
  return { code: 'no_answer', check: null, message: error instanceof Error ? error.message : String(error) }
}

/** As the host is told: {@link WorkerError}, 502 for what the peer or the way to it is to blame for. */
export function failedAtPeer(error: unknown): WorkerError {
  if (error instanceof WorkerError) return error
  const { code, check, message } = explain(error)
  return new WorkerError(502, code, message, { check, cause: error })
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
