import { RevocationsRefreshed, TctCacheStats, TctRenewed } from '../../../shared/admin.ts'
import type { RefreshRevocationsStep, RenewTctStep, TctCacheStatsStep } from '../../../shared/steps.ts'
import { askOrFail } from '../ask.ts'
import { heldFrom } from '../run-context.ts'
import { type Effect, noEffect, type StepHandler } from '../step-handler.ts'

/** Has the holder of a token ask its issuer for the next one. */
export const renewTct: StepHandler<RenewTctStep> = async (step, context, operation, mutation) => {
  const { id, agent, via_peer, new_ttl_secs } = step
  const renewed = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${agent} could not renew its token from ${via_peer}` },
    {
      agent,
      path: '/admin/renew-tct',
      body: {
        peer_aid: heldFrom(context, agent, via_peer),
        ...(new_ttl_secs === undefined ? {} : { new_ttl_secs }),
      },
      answer: TctRenewed,
      timeoutMs: 15_000,
      fault: mutation.agentFault,
    },
  )
  const { jti, expires_at, issuer: issuerAid } = renewed
  context.keepsakes.tokens.push({ holder: agent, issuer: via_peer, issuerAid, jti, stepId: id })
  operation.append({
    type: 'tct.renewed',
    step_id: id,
    agent_id: agent,
    target: via_peer,
    jti,
    result: { expires_at },
  })
  return { output: renewed }
}

/** What the agent's cache of verified tokens has done so far. */
export const tctCacheStats: StepHandler<TctCacheStatsStep> = async ({ id, agent }, context, operation) => {
  const stats = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${agent} gave no figures of its cache` },
    { agent, method: 'GET', path: '/admin/tct-cache-stats', answer: TctCacheStats, timeoutMs: 5_000 },
  )
  operation.append({ type: 'tct.cache.stats', step_id: id, agent_id: agent, result: stats })
  return { output: stats }
}

/** Has the agent fetch the Control Plane's revocation list now. */
export const refreshRevocations: StepHandler<RefreshRevocationsStep> = async (
  { id, agent },
  context,
  operation,
  { agentFault, cpBaseUrl },
) => {
  const refreshed = await askOrFail(
    context,
    operation,
    { code: 'step_failed', tried: `Step ${id}: ${agent} could not ask for the revocation list` },
    {
      agent,
      path: '/admin/refresh-revocations',
      body: cpBaseUrl === undefined ? {} : { cp_base_url: cpBaseUrl },
      answer: RevocationsRefreshed,
      timeoutMs: 10_000,
      fault: agentFault,
    },
  )
  return {
    output: refreshed,
    effect: effectOf(refreshed),
    ...(refreshed.skipped === undefined ? {} : { skipped: refreshed.skipped }),
  }
}

function effectOf({ error, discarded, check = null, detail, skipped }: RevocationsRefreshed): Effect {
  if (skipped !== undefined) {
    const message = 'there is no Control Plane, so nothing was tried'
    return { ...noEffect, error: message, code: 'fault_not_possible' }
  }
  if (discarded !== undefined) return { ...noEffect, error: detail ?? discarded, code: discarded, check }
  return error === undefined ? noEffect : { ...noEffect, error, code: 'no_answer' }
}
