import { once } from 'node:events'
import type { Operation } from '../store/event-log.ts'

/** Whether a run goes on by itself, and where it stands still. Takes effect between two steps only. */
export interface Pace {
  /** It stands still, or will before the next step but one. */
  readonly paused: boolean
  pause(): void
  resume(): void
  /** Lets one step happen, then stands still again. */
  step(): void
  /** Waits before a step while the run is paused. Rejects with the signal's reason. */
  before(stepId: string, operation: Operation, signal: AbortSignal): Promise<void>
}

type PaceState = 'going' | 'one_step' | 'still'

export function createPace(startsPaused: boolean): Pace {
  let state: PaceState = startsPaused ? 'still' : 'going'
  const changes = new EventTarget()
  const change = (next: PaceState) => {
    state = next
    changes.dispatchEvent(new Event('change'))
  }
  const isStill = () => state === 'still'
  return {
    get paused() {
      return state !== 'going'
    },
    pause: () => change('still'),
    resume: () => change('going'),
    step: () => change('one_step'),
    async before(stepId, operation, signal) {
      if (isStill()) {
        operation.append({ type: 'run.paused', step_id: stepId })
        while (isStill()) {
          await once(changes, 'change', { signal }).catch(() => signal.throwIfAborted())
        }
        operation.append({ type: 'run.resumed', step_id: stepId })
      }
      if (state === 'one_step') state = 'still'
    },
  }
}
