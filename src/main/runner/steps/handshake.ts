import type { HandshakeStep } from '../../../shared/steps.ts'
import { establishTrust } from '../establish-trust.ts'
import type { StepHandler } from '../run-context.ts'

export const handshake: StepHandler<HandshakeStep> = async (step, context, operation) => {
  await establishTrust(context, operation, {
    initiator: step.initiator,
    responder: step.responder,
    grants: step.requested_grants,
    stepId: step.id,
  })
  return { trust: 'established' }
}
