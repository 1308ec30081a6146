import { type AppError, toAppError } from '../../../shared/errors.ts'
import type { FaultResult } from '../../../shared/events.ts'
import type { Fault } from '../../../shared/faults.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import type { Operation } from '../../store/event-log.ts'
import type { RefusalDetails } from '../ask.ts'
import type { RunContext } from '../run-context.ts'
import { type Effect, noEffect, type StepOutcome } from '../step-handler.ts'
import { carryOut } from '../steps/index.ts'
import { presenterOf, targetOf } from './parties.ts'
import { type PreparedFault, prepareFault } from './prepare-fault.ts'
import { consequencesOf, whereItEnded } from './where-it-ended.ts'

/**
 * Carries out a step with a fault in it. Whatever that leads to is the step's output and never fails the run; the step
 * is closed by `step.fault_complete`.
 */
export async function carryOutFaulty(
  step: SingleStep,
  fault: Fault,
  context: RunContext,
  operation: Operation,
): Promise<StepOutcome> {
  const { kind, note } = fault
  const target = targetOf(step, context)
  if (target === null) throw new TypeError(`a step of type ${step.type} carries no fault`)
  const about = { step_id: step.id, kind, target }
  const notes = `kind=${kind}${note === undefined ? '' : ` note=${note}`}`
  const injected = operation.append({ type: 'step.fault_injected', ...about, notes })
  const startedMs = performance.now()
  const { mutatedUrl, effect, output, unmet } = await tryWith(step, fault, target, context, operation)
  context.signal.throwIfAborted()
  const consequences = consequencesOf(injected.seq, context.log.after(injected.seq))
  const { stage, check, refusedBy } = whereItEnded(effect, consequences, presenterOf(step))
  const result: FaultResult = {
    fault_injected: true,
    kind,
    target,
    mutated_url: mutatedUrl,
    ...effect,
    check,
    stage,
    refused_by: refusedBy,
    ...(output === undefined ? {} : { output }),
    ms: Math.round(performance.now() - startedMs),
  }
  operation.append({ type: 'step.fault_complete', ...about, result })
  return { output: result, closed: true, ...(unmet === undefined ? {} : { unmet }) }
}

interface Tried {
  readonly mutatedUrl: string | null
  readonly effect: Effect
  readonly output?: unknown
  readonly unmet?: string | undefined
}

async function tryWith(
  step: SingleStep,
  fault: Fault,
  target: string,
  context: RunContext,
  operation: Operation,
): Promise<Tried> {
  let prepared: PreparedFault
  try {
    prepared = await prepareFault(step, fault, target, context, operation)
  } catch (error) {
    const { message } = toAppError(error)
    return {
      mutatedUrl: null,
      effect: { ...noEffect, error: message, code: 'fault_not_possible' },
    }
  }
  const { mutation, mutatedUrl, release } = prepared
  try {
    const { output, unmet, effect = noEffect } = await carryOut(step, context, operation, mutation)
    return { mutatedUrl, effect, output, unmet }
  } catch (error) {
    return { mutatedUrl, effect: effectOf(toAppError(error)) }
  } finally {
    release?.()
  }
}

function effectOf({ code, message, details }: AppError): Effect {
  const refusal = details as Partial<RefusalDetails> | undefined
  // Whose process is gone, or does not answer, is not there for its peers either.
  const own = code === 'agent_unreachable' || code === 'agent_exited' ? 'no_answer' : code
  return {
    error: message,
    code: refusal?.code ?? own,
    check: refusal?.check ?? null,
    status_code: refusal?.status ?? null,
  }
}
