import type { HandshakeStep } from '../../../shared/steps.ts'
import { establishTrust } from '../establish-trust.ts'
import type { StepHandler } from '../step-handler.ts'

export const handshake: StepHandler<HandshakeStep> = async (step, context, operation, mutation) => {
  const { jti, grants, expires_at, session_id } = await establishTrust(
    context,
    operation,
    {
      initiator: step.initiator,
      responder: step.responder,
      grants: step.requested_grants,
      stepId: step.id,
    },
    mutation,
  )
  return { output: { trust: 'established', jti, grants, expires_at, session_id } }
}
