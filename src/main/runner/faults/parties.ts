import type { SingleStep } from '../../../shared/steps.ts'
import type { RunContext } from '../run-context.ts'
import { performerOf } from '../steps/workflow.ts'

/** What stands for the Control Plane where an agent id is expected. */
export const controlPlaneTarget = 'control-plane'

/** Whom the message of a step goes to; `null` for steps that cannot carry a fault. */
export function targetOf(step: SingleStep, context: RunContext): string | null {
  switch (step.type) {
    case 'workflow':
      return performerOf(step, context)
    case 'capability_probe':
    case 'capability_call_no_trust':
      return step.target_agent
    case 'handshake':
      return step.responder
    case 'delegate':
      return step.delegatee
    case 'redeem_delegation':
      return step.target
    case 'renew_tct':
      return step.via_peer
    case 'refresh_revocations':
    case 'revoke_tct':
      return controlPlaneTarget
    default:
      return null
  }
}

/** Who acts in a step that presents a token; `null` for the others. */
export function presenterOf(step: SingleStep): string | null {
  switch (step.type) {
    case 'workflow':
    case 'capability_probe':
    case 'renew_tct':
      return step.agent
    case 'redeem_delegation':
      return step.delegatee
    default:
      return null
  }
}
