import { toAppError } from '../../shared/errors.ts'
import type { Step, StepType, WorkflowStep } from '../../shared/steps.ts'
import type { Operation } from '../store/event-log.ts'
import type { RunContext, StepHandler } from './run-context.ts'
import { handshake } from './steps/handshake.ts'
import { performerOf, workflow } from './steps/workflow.ts'

type StepOf<Type extends StepType> = Extract<Step, { type: Type }>

const handlers: { readonly [Type in Exclude<StepType, 'meta'>]: StepHandler<StepOf<Type>> } = {
  handshake,
  workflow,
}

/**
 * Executes the steps one after another. `onOutput` is called after each step that leaves one, so that a later
 * failure keeps what was produced.
 *
 * @returns the `seq`s of the last step's last event
 */
export async function runSteps(
  context: RunContext,
  causeSeq: readonly number[],
  onOutput: () => void,
): Promise<readonly number[]> {
  let cause = causeSeq
  for (const step of context.scenario.scenario.spec.workflow.steps) {
    context.signal.throwIfAborted()
    const operation = context.log.begin(cause)
    if (step.type === 'meta') {
      operation.append({ type: 'step.skipped', step_id: step.id, notes: step.description ?? '' })
    } else {
      context.outputs[step.id] = await runStep(step, context, operation)
      onOutput()
    }
    cause = operation.tail
  }
  return cause
}

async function runStep(
  step: Exclude<Step, { type: 'meta' }>,
  context: RunContext,
  operation: Operation,
): Promise<unknown> {
  try {
    const output = await dispatch(step, context, operation)
    operation.append({
      type: 'step.complete',
      step_id: step.id,
      result: output,
      ...(step.type === 'workflow' ? carriedOut(step, context) : {}),
    })
    return output
  } catch (error) {
    // A cancelled run's step did not fail; the run's last event says what happened.
    context.signal.throwIfAborted()
    const { code, message } = toAppError(error)
    operation.append({ type: 'step.failed', step_id: step.id, error: message, code })
    throw error
  }
}

function carriedOut(step: WorkflowStep, context: RunContext) {
  const performer = performerOf(step, context)
  return {
    agent: step.agent,
    capability: step.capability,
    ...(performer === step.agent ? {} : { target: performer }),
  }
}

function dispatch(
  step: Exclude<Step, { type: 'meta' }>,
  context: RunContext,
  operation: Operation,
): Promise<unknown> {
  switch (step.type) {
    case 'handshake':
      return handlers.handshake(step, context, operation)
    case 'workflow':
      return handlers.workflow(step, context, operation)
  }
}
