import { toAppError } from '../../shared/errors.ts'
import type { ParallelStep, SingleStep, Step } from '../../shared/steps.ts'
import type { Operation } from '../store/event-log.ts'
import { inSlots } from './in-slots.ts'
import { performStep } from './perform-step.ts'
import type { RunContext } from './run-context.ts'

/** How many members of a group go on at the same time. */
const slots = 8

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
    await context.pace.before(step.id, operation, context.signal)
    cause = await runStep(step, context, operation, onOutput)
  }
  return cause
}

async function runStep(
  step: Step,
  context: RunContext,
  operation: Operation,
  onOutput: () => void,
): Promise<readonly number[]> {
  if (step.type === 'meta') {
    operation.append({ type: 'step.skipped', step_id: step.id, notes: step.description ?? '' })
    return operation.tail
  }
  if (step.type === 'parallel') return runGroup(step, context, operation.tail, onOutput)
  await runSingle(step, context, operation, onOutput)
  return operation.tail
}

/** All members settle before the group does; the first that failed then fails it. */
async function runGroup(
  { id, steps }: ParallelStep,
  context: RunContext,
  causeSeq: readonly number[],
  onOutput: () => void,
): Promise<readonly number[]> {
  const operations = new Map(steps.map((step) => [step, context.log.begin(causeSeq)]))
  const ends = () => [...operations.values()].flatMap(({ tail }) => tail)
  const failures: unknown[] = []
  await inSlots([...operations], slots, async ([step, operation]) => {
    await runSingle(step, context, operation, onOutput).catch((error: unknown) => void failures.push(error))
  })
  context.signal.throwIfAborted()
  const group = context.log.begin([...new Set(ends())])
  if (failures.length > 0) {
    fail(id, failures[0], group)
    throw failures[0]
  }
  group.append({ type: 'step.complete', step_id: id, result: { steps: steps.map((step) => step.id) } })
  return group.tail
}

async function runSingle(
  step: SingleStep,
  context: RunContext,
  operation: Operation,
  onOutput: () => void,
): Promise<void> {
  try {
    await performStep(step, context, operation, onOutput)
  } catch (error) {
    context.signal.throwIfAborted()
    fail(step.id, error, operation)
    throw error
  }
}

function fail(stepId: string, error: unknown, operation: Operation): void {
  const { code, message } = toAppError(error)
  operation.append({ type: 'step.failed', step_id: stepId, error: message, code })
}
