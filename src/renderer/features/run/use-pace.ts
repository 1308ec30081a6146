import { useState } from 'react'
import type { AppError } from '../../../shared/errors.ts'
import { type PaceCommand, usePaceRun } from '../../api/queries.ts'
import { type Pace, paceOf } from './pace.ts'
import type { RunFacts } from './run-facts.ts'

export interface PaceControl {
  readonly pace: Pace
  readonly error: AppError | null
  /** Pauses a run that goes on; lets one go on that stands still or is about to. */
  toggle(): void
  /** Lets one step happen, then stands still. */
  step(): void
}

export function usePace({ run, events }: RunFacts): PaceControl {
  const [asked, setAsked] = useState(false)
  const command = usePaceRun(run.run_id)
  const pace = paceOf(events, asked)
  const send = (how: PaceCommand) =>
    command.mutate(how, { onSuccess: ({ paused }) => setAsked(paused), onError: () => setAsked(false) })
  return {
    pace,
    error: command.error,
    toggle: () => send(pace.kind === 'going' ? 'pauseRun' : 'resumeRun'),
    step: () => send('stepRun'),
  }
}
