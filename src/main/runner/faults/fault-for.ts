import { Fault, type FaultKind, faultsOf } from '../../../shared/faults.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import type { RunContext } from '../run-context.ts'
import { targetOf } from './parties.ts'

/** The fault that a step is to be carried out with: its own, else the first of those aimed at its target. */
export function faultFor(step: SingleStep, context: RunContext): Fault | null {
  if ('fault' in step && step.fault !== undefined) return step.fault
  if (context.faultsAimedAt.size === 0) return null
  const target = targetOf(step, context)
  const aimed = target === null ? undefined : context.faultsAimedAt.get(target)
  const kind = aimed?.find((candidate) => kindsOf(step.type).includes(candidate))
  return kind === undefined ? null : Fault.parse({ kind })
}

function kindsOf(type: SingleStep['type']): readonly FaultKind[] {
  return Object.hasOwn(faultsOf, type) ? faultsOf[type as keyof typeof faultsOf] : []
}
