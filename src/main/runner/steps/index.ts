import type { SingleStep } from '../../../shared/steps.ts'
import type { Operation } from '../../store/event-log.ts'
import type { RunContext } from '../run-context.ts'
import type { Mutation, StepHandler, StepOutcome } from '../step-handler.ts'
import {
  cpDelegationTree,
  cpProvisionTrustAnchor,
  cpSubscribeWebhook,
  enrollWithCp,
} from './control-plane.ts'
import { delegate, redeemDelegation } from './delegation.ts'
import { handshake } from './handshake.ts'
import { capabilityCallNoTrust, capabilityProbe } from './probe.ts'
import { revokeTct } from './revoke-tct.ts'
import { rotateKeys } from './rotate-keys.ts'
import { exportSessionBundle, verifySessionBundle } from './session-bundle.ts'
import { spkiPinCheck } from './spki-pin-check.ts'
import { refreshRevocations, renewTct, tctCacheStats } from './tokens.ts'
import { wait } from './wait.ts'
import { workflow } from './workflow.ts'

type SingleStepOf<Type extends SingleStep['type']> = Extract<SingleStep, { type: Type }>

const handlers: { readonly [Type in SingleStep['type']]: StepHandler<SingleStepOf<Type>> } = {
  workflow,
  capability_call_no_trust: capabilityCallNoTrust,
  capability_probe: capabilityProbe,
  handshake,
  delegate,
  redeem_delegation: redeemDelegation,
  revoke_tct: revokeTct,
  refresh_revocations: refreshRevocations,
  rotate_keys: rotateKeys,
  renew_tct: renewTct,
  tct_cache_stats: tctCacheStats,
  export_session_bundle: exportSessionBundle,
  verify_session_bundle: verifySessionBundle,
  spki_pin_check: spkiPinCheck,
  enroll_with_cp: enrollWithCp,
  cp_subscribe_webhook: cpSubscribeWebhook,
  cp_provision_trust_anchor: cpProvisionTrustAnchor,
  cp_delegation_tree: cpDelegationTree,
  wait,
}

export function carryOut(
  step: SingleStep,
  context: RunContext,
  operation: Operation,
  mutation: Mutation = {},
): Promise<StepOutcome> {
  // The types of one entry agree; over all of them the compiler cannot see it.
  const handle = handlers[step.type] as StepHandler<SingleStep>
  return handle(step, context, operation, mutation)
}
