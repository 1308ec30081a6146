import { type FaultKind, faultsOf } from '../../../shared/faults.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import type { StepContext } from './context.ts'

/** A fault is put only where there is a message it can spoil. */
export function checkFault(step: SingleStep, path: Path, context: StepContext): Problem[] {
  const fault = 'fault' in step ? step.fault : undefined
  if (fault === undefined) return []
  const at = [...path, 'fault', 'kind']
  const possible: readonly FaultKind[] = Object.hasOwn(faultsOf, step.type)
    ? faultsOf[step.type as keyof typeof faultsOf]
    : []
  if (!possible.includes(fault.kind)) {
    const choice = possible.length === 0 ? 'none' : possible.join(', ')
    const message = `A ${step.type} step cannot carry the fault ${fault.kind}; it can carry ${choice}.`
    return [{ rule: 'fault-kind', path: at, message }]
  }
  if (step.type === 'workflow' && runsByItself(step, context)) {
    const message = `Agent ${step.agent} runs ${step.capability} itself, so there is no message for the fault ${fault.kind}.`
    return [{ rule: 'fault-kind', path: at, message }]
  }
  if (step.type === 'revoke_tct' && !step.via_cp) {
    const message =
      'The revocation stays at its issuer; without `via_cp: true` the Control Plane has no part in it.'
    return [{ rule: 'fault-kind', path: at, message }]
  }
  return []
}

function runsByItself(step: Extract<SingleStep, { type: 'workflow' }>, { offered }: StepContext): boolean {
  return step.target_agent === undefined && offered.get(step.agent)?.includes(step.capability) === true
}
