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

export function RunStatusMark({ status }: { readonly status: RunStatus }) {
  const { state, word } = looks[status]
  return (
    <span className="run-status">
      <Mark state={state} /> {word}
    </span>
  )
}
