import { AppError } from '../../shared/errors.ts'
import { Fault, type FaultKind, faultKinds } from '../../shared/faults.ts'

/** Faults by the agent they are aimed at. Throws `invalid_body` for an unknown kind or agent. */
export function planFaults(
  injection: Readonly<Record<string, readonly string[]>>,
  agentIds: readonly string[],
): Map<string, FaultKind[]> {
  const planned = new Map<string, FaultKind[]>()
  for (const [name, targets] of Object.entries(injection)) {
    const kind = faultKinds.find((known) => known === name)
    if (kind === undefined) {
      throw new AppError('invalid_body', `There is no fault ${name}; there are ${faultKinds.join(', ')}.`)
    }
    if (!Fault.safeParse({ kind }).success) {
      throw new AppError(
        'invalid_body',
        `The fault ${kind} needs to know more than its target; write it on a step.`,
      )
    }
    for (const target of targets) {
      if (!agentIds.includes(target)) {
        throw new AppError(
          'invalid_body',
          `There is no agent ${target} in this scenario; there are ${agentIds.join(', ')}.`,
        )
      }
      planned.set(target, [...(planned.get(target) ?? []), kind])
    }
  }
  return planned
}
