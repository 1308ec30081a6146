import { setTimeout as delay } from 'node:timers/promises'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { SingleStep } from '../../shared/steps.ts'
import type { Operation } from '../store/event-log.ts'
import { failingAssertions } from './assertions.ts'
import { faultFor } from './faults/fault-for.ts'
import { carryOutFaulty } from './faults/run-fault.ts'
import type { RunContext } from './run-context.ts'
import type { StepOutcome } from './step-handler.ts'
import { carryOut } from './steps/index.ts'

interface Attempt {
  readonly outcome: StepOutcome
  /** One sentence for each hope that was not fulfilled. */
  readonly unmet: readonly string[]
}

/**
 * Carries out one step: its attempts, its output, its one closing event, its assertions. `onOutput` is called when the
 * output is there, so that a later failure keeps it. Rejects to fail the run.
 */
export async function performStep(
  step: SingleStep,
  context: RunContext,
  operation: Operation,
  onOutput: () => void,
): Promise<void> {
  const { outcome, unmet } = await attempts(step, context, operation)
  context.outputs[step.id] = outcome.output
  onOutput()
  const error = unmet.length === 0 ? null : `Step ${step.id}: ${unmet.join('; ')}.`
  const isFatal = error !== null && isStrict(step, context)
  if (!isFatal && outcome.closed !== true) close(step, outcome, operation)
  if (error === null) return
  operation.append({ type: 'step.assertion_failed', step_id: step.id, error })
  if (isFatal) throw new AppError('assertion_failed', error)
}

function isStrict(step: SingleStep, { scenario }: RunContext): boolean {
  return ('strict' in step ? step.strict : undefined) ?? scenario.scenario.spec.strict
}

async function attempts(step: SingleStep, context: RunContext, operation: Operation): Promise<Attempt> {
  if (step.type === 'wait') return attempt(step, context, operation)
  const { attempts: most, delay_ms } = step.retry ?? { attempts: 1, delay_ms: 0 }
  for (let number = 1; number < most; number += 1) {
    const tried = await attempt(step, context, operation).catch((error: unknown) => toAppError(error))
    context.signal.throwIfAborted()
    if (!(tried instanceof AppError) && tried.unmet.length === 0) return tried
    const error = tried instanceof AppError ? tried.message : tried.unmet.join('; ')
    operation.append({ type: 'step.retrying', step_id: step.id, attempt: number + 1, attempts: most, error })
    await delay(delay_ms, undefined, { signal: context.signal }).catch(() => context.signal.throwIfAborted())
  }
  return attempt(step, context, operation)
}

async function attempt(step: SingleStep, context: RunContext, operation: Operation): Promise<Attempt> {
  try {
    const fault = faultFor(step, context)
    const outcome =
      fault === null
        ? await carryOut(step, context, operation)
        : await carryOutFaulty(step, fault, context, operation)
    return { outcome, unmet: unmetBy(step, outcome) }
  } catch (error) {
    // A cancelled run's step did not fail; the run's last event says what happened.
    context.signal.throwIfAborted()
    throw error
  }
}

function unmetBy(step: SingleStep, outcome: StepOutcome): string[] {
  if (step.type === 'wait' || outcome.skipped !== undefined) return []
  return [
    ...(outcome.unmet === undefined ? [] : [outcome.unmet]),
    ...failingAssertions(step.assert ?? [], outcome.output),
  ]
}

function close(step: SingleStep, outcome: StepOutcome, operation: Operation): void {
  const { output, skipped, carriedOut, result = output } = outcome
  if (skipped !== undefined) operation.append({ type: 'step.skipped', step_id: step.id, notes: skipped })
  else operation.append({ type: 'step.complete', step_id: step.id, result, ...carriedOut })
}
