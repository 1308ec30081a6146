import { Delegated, DelegationRedeemed } from '../../../shared/admin.ts'
import { AppError } from '../../../shared/errors.ts'
import type { DelegateStep, RedeemDelegationStep } from '../../../shared/steps.ts'
import { askOrFail } from '../ask.ts'
import { type KeptDelegation, tokenFacts } from '../keepsakes.ts'
import { heldFrom, manifestUrlOf, type RunContext } from '../run-context.ts'
import type { StepHandler } from '../step-handler.ts'

/** Passes on part of what `via_peer` granted the delegator, or of what was delegated to it. */
export const delegate: StepHandler<DelegateStep> = async (step, context, operation, mutation) => {
  const { id, delegator, delegatee, via_peer, scope, ttl_secs, via_delegation, chained } = step
  const parent = via_delegation === undefined ? null : delegationOf(context, id, via_delegation)
  operation.append({
    type: 'delegation.issuing',
    step_id: id,
    initiator: delegator,
    target: delegatee,
    grants: scope,
  })
  const tried = `Step ${id}: ${delegator} could not delegate to ${delegatee}`
  const done = await askOrFail(
    context,
    operation,
    { code: 'delegation_failed', tried },
    {
      agent: delegator,
      path: '/admin/delegate',
      body: {
        peer_aid: heldFrom(context, delegator, via_peer),
        delegatee_manifest_url: mutation.manifestUrl ?? manifestUrlOf(context, delegatee),
        scope,
        ...(ttl_secs === undefined ? {} : { ttl_secs }),
        chained: chained ?? parent !== null,
        ...(parent === null ? {} : { parent_token: parent.token }),
      },
      answer: Delegated,
      timeoutMs: 15_000,
      fault: mutation.agentFault,
    },
  )
  const { delegation_token: token, delegatee_aid, jti, parent_jti, expires_at } = done
  context.keepsakes.delegations.set(id, {
    token,
    jti,
    parentJti: parent_jti,
    delegatee,
    grantor: parent?.grantor ?? via_peer,
  })
  return {
    output: {
      delegation_token: tokenFacts(context.aitp, token),
      delegatee_aid,
      scope: done.scope,
      expires_at,
      jti,
      parent_jti,
    },
    result: { delegatee_aid, scope: done.scope },
  }
}

/** Turns a delegation into a TCT at the agent whose grant was passed on. */
export const redeemDelegation: StepHandler<RedeemDelegationStep> = async (
  step,
  context,
  operation,
  mutation,
) => {
  const { id, delegatee, target, via_delegation } = step
  const token = mutation.delegationToken ?? delegationOf(context, id, via_delegation).token
  operation.append({ type: 'delegation.redeeming', step_id: id, initiator: delegatee, target })
  const tried = `Step ${id}: ${delegatee} could not redeem the delegation at ${target}`
  const { ok, peer_port, peer_aid, grants, jti, expires_at } = await askOrFail(
    context,
    operation,
    { code: 'delegation_failed', tried },
    {
      agent: delegatee,
      path: '/admin/redeem-delegation',
      body: { peer_manifest_url: manifestUrlOf(context, target), delegation_token: token },
      answer: DelegationRedeemed,
      timeoutMs: 20_000,
      fault: mutation.agentFault,
    },
  )
  context.keepsakes.tokens.push({
    holder: delegatee,
    issuer: target,
    issuerAid: peer_aid,
    jti,
    stepId: id,
  })
  return {
    output: { ok, peer_port, peer_aid, grants, jti, expires_at },
    result: { redeemed_from: target, by: delegatee, grants, jti },
  }
}

/** Throws `step_failed` when the named step left no delegation. */
export function delegationOf(context: RunContext, stepId: string, from: string): KeptDelegation {
  const kept = context.keepsakes.delegations.get(from)
  if (!kept) throw new AppError('step_failed', `Step ${stepId}: step ${from} left no delegation.`)
  return kept
}
