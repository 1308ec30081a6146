import { setTimeout as delay } from 'node:timers/promises'
import type { WaitStep } from '../../../shared/steps.ts'
import type { StepHandler } from '../step-handler.ts'

export const wait: StepHandler<WaitStep> = async ({ id, ms }, { signal }, operation) => {
  operation.append({ type: 'step.waiting', step_id: id, ms })
  await delay(ms, undefined, { signal })
  return { output: { waited_ms: ms } }
}
