import type { RunStatus } from '../../shared/run.ts'
import { Mark, type MarkState } from './mark.tsx'

const looks: Record<RunStatus, { state: MarkState; word: string }> = {
  pending: { state: 'pending', word: 'Waiting' },
  running: { state: 'pending', word: 'Running' },
  success: { state: 'valid', word: 'Success' },
  failed: { state: 'refused', word: 'Failed' },
  cancelled: { state: 'skipped', word: 'Cancelled' },
  interrupted: { state: 'expired', word: 'Interrupted' },
}

interface RunStatusProps {
  readonly status: RunStatus
  /** Whether the run came to what its scenario says; where nothing is known its status alone counts. */
  readonly asExpected?: boolean | null
}

export function RunStatusMark({ status, asExpected = null }: RunStatusProps) {
  const { state, word } = judged(status, asExpected)
  return (
    <span className="run-status">
      <Mark state={state} /> {word}
    </span>
  )
}

function judged(status: RunStatus, asExpected: boolean | null): { state: MarkState; word: string } {
  if (status === 'failed' && asExpected === true) return { state: 'valid', word: 'Failed, as expected' }
  if (status === 'success' && asExpected === false)
    return { state: 'refused', word: 'Success, not as expected' }
  return looks[status]
}

/** A run that stands still; it is under way all the same. */
export function PausedMark({ words }: { readonly words: string }) {
  return (
    <span className="run-status">
      <Mark state="pending" /> {words}
    </span>
  )
}
