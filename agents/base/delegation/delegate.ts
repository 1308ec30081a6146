import { AitpError, type IssuedDelegation, type VerifiedManifest } from '../../../src/aitp/index.ts'
import type { Delegate, Delegated } from '../../../src/shared/admin.ts'
import { type Agent, randomness } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { fetchManifest } from '../fetch-manifest.ts'
import { requireOwnHeld } from '../held-tokens.ts'
import { failedAtPeer } from '../peer-failure.ts'
import { WorkerError } from '../refusal.ts'
import { tokenFacts } from '../token-facts.ts'
import { delegationDescent } from './descent.ts'

type Wanted = Pick<
  Delegate,
  'peer_aid' | 'delegatee_manifest_url' | 'scope' | 'ttl_secs' | 'chained' | 'parent_token'
>

/**
 * Passes on part of what a peer granted to this agent, by the voucher that came with it (RFC-AITP-0006), or a delegation
 * made for this agent by one more hop (RFC-AITP-0011). Throws {@link WorkerError}: 412 without a basis for it, 502 with
 * the code when the delegatee's manifest or the wish itself is refused.
 */
export async function delegate(agent: Agent, wanted: Wanted): Promise<Delegated> {
  requireBasis(agent, wanted)
  const delegatee = await fetchManifest(agent, wanted.delegatee_manifest_url)
  const { token, claims } = issue(agent, delegatee, wanted)
  const descent = delegationDescent(agent.aitp, token)
  if (descent?.parentJti == null) throw new TypeError('a delegation that was just signed names no source')
  const { jti, parentJti } = descent
  agent.telemetry.event({
    type: 'delegation.issued',
    tct: tokenFacts(agent.aitp, { token, claims }),
    delegatee_aid: claims.sub,
    scope: [...claims.scope],
    jti,
    parent_jti: parentJti,
  })
  return {
    delegation_token: token,
    delegatee_aid: claims.sub,
    scope: [...claims.scope],
    expires_at: claims.exp,
    jti,
    parent_jti: parentJti,
  }
}

/** Before anybody is asked for anything: is there something that this agent can pass on? */
function requireBasis(agent: Agent, { peer_aid, parent_token }: Wanted): void {
  if (parent_token === undefined) {
    if (requireOwnHeld(agent.held, agent.identity.key.aid, peer_aid).held.voucher !== null) return
    throw new WorkerError(412, 'no_voucher', `no grant voucher is held from ${peer_aid}`)
  }
  const parent = delegationDescent(agent.aitp, parent_token)
  const own = agent.identity.key.aid
  if (parent?.delegatee !== own || parent.audience !== peer_aid) {
    throw new WorkerError(
      412,
      'no_delegation',
      `the delegation to extend is not one for ${own} at ${peer_aid}`,
    )
  }
  if (agent.aitp.decodeToken(parent_token)?.claims['jti'] === undefined)
    throw new WorkerError(412, 'not_chained', 'the delegation to extend has no id, so it cannot be extended')
}

function issue(
  agent: Agent,
  delegatee: VerifiedManifest,
  { peer_aid, scope, ttl_secs, chained, parent_token }: Wanted,
): IssuedDelegation {
  const { aitp, identity } = agent
  const now = unixNow()
  const hop = {
    delegatee: delegatee.aid,
    scope,
    now,
    ...(ttl_secs === undefined ? {} : { ttlSecs: ttl_secs }),
  }
  try {
    if (parent_token !== undefined)
      return aitp.extendDelegation(identity.key, {
        ...hop,
        parent: parent_token,
        jti: aitp.newUuid(randomness),
      })
    const { held, issuer } = requireOwnHeld(agent.held, agent.identity.key.aid, peer_aid)
    const voucher = aitp.verifyVoucher(held.voucher ?? '', {
      now,
      expectedIssuer: issuer,
      expectedHolder: identity.key.aid,
    })
    const id = chained ? { jti: aitp.newUuid(randomness) } : {}
    return aitp.buildDelegation(identity.key, { ...hop, voucher, ...id })
  } catch (error) {
    if (error instanceof AitpError) throw failedAtPeer(error)
    throw error
  }
}
