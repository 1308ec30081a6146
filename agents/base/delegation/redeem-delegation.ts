import {
  AitpError,
  type Collector,
  type HeldToken,
  isJsonObject,
  parseStrictJson,
  type VerifiedManifest,
} from '../../../src/aitp/index.ts'
import type { DelegationRedeemed } from '../../../src/shared/admin.ts'
import type { Agent } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { portOf, redemptionUrl, tokenOrigin } from '../endpoints.ts'
import { faultOf } from '../faults/fault-context.ts'
import { fetchManifest } from '../fetch-manifest.ts'
import { holdToken } from '../held-tokens.ts'
import { failedAtPeer, refusedByPeer } from '../peer-failure.ts'
import { exchangeWithProof } from '../possession-proof.ts'
import { WorkerError } from '../refusal.ts'
import { tokenFacts } from '../token-facts.ts'
import { delegationDescent, possessionTerms } from './descent.ts'

const timeoutMs = 10_000

/**
 * Turns a delegation into a TCT at the agent whose grant was passed on, and keeps it as the token held from that agent.
 * Throws {@link WorkerError}: 422 for what is no delegation, 502 with what the issuer refused with.
 */
export async function redeemDelegation(
  agent: Agent,
  manifestUrl: string,
  delegationToken: string,
): Promise<DelegationRedeemed> {
  const token = faultOf('stolen_token')?.token ?? delegationToken
  const url = misdirected(agent) ?? manifestUrl
  const issuer = await fetchManifest(agent, url)
  const { held, exchangeId } = await present(agent, issuer, token)
  holdToken(agent.held, issuer, url, held)
  const { jti, grants, exp } = held.claims
  agent.telemetry.event(
    {
      type: 'delegation.redeemed',
      role: 'delegatee',
      grants: [...grants],
      jti,
      parent_jti: delegationDescent(agent.aitp, token)?.jti ?? null,
      peer_aid: issuer.aid,
      tct: tokenFacts(agent.aitp, held),
    },
    exchangeId,
  )
  return {
    ok: true,
    peer_port: portOf(tokenOrigin(issuer)),
    peer_aid: issuer.aid,
    grants: [...grants],
    jti,
    expires_at: exp,
  }
}

/** The wrong agent to take the delegation to, when that is the fault of the current work. */
function misdirected({ peers }: Agent): string | undefined {
  const wrong = faultOf('wrong_audience')
  if (wrong === undefined) return undefined
  const url = peers.byAid(wrong.peer_aid)?.manifest_url
  if (url === undefined)
    throw new WorkerError(412, 'fault_not_possible', `the host has named no agent ${wrong.peer_aid}`)
  return url
}

async function present(
  agent: Agent,
  issuer: VerifiedManifest,
  token: string,
): Promise<{ readonly held: HeldToken; readonly exchangeId: string }> {
  const { aitp, identity } = agent
  const terms = possessionTerms(aitp, token, issuer.aid, identity.key.aid)
  if (terms === null) throw new WorkerError(422, 'invalid_body', 'delegation_token: no delegation token')
  const collector = aitp.createCollector()
  let checkedAt: number | null = null
  try {
    return await exchangeWithProof(
      agent,
      {
        kind: 'redeem',
        method: 'POST',
        url: redemptionUrl(issuer).href,
        body: JSON.stringify({ delegation_token: token }),
        peerAid: issuer.aid,
        timeoutMs,
      },
      terms,
      (incoming, exchangeId) => {
        if (incoming.status !== 200) throw refusedByPeer(incoming)
        checkedAt = unixNow()
        return {
          value: { held: receive(agent, issuer, incoming.text, { collector, now: checkedAt }), exchangeId },
        }
      },
      () => (checkedAt === null ? null : collector.report('tct', checkedAt)),
    )
  } catch (error) {
    throw failedAtPeer(error)
  }
}

/** A receipt like that of a handshake: from this issuer, for this agent. */
function receive(
  { aitp, identity }: Agent,
  issuer: VerifiedManifest,
  text: string,
  { collector, now }: { readonly collector: Collector; readonly now: number },
): HeldToken {
  const { tct, grant_voucher } = readAnswer(text)
  const { token, claims } = aitp.verifyTct(tct, {
    now,
    expectedIssuer: issuer.aid,
    expectedAudience: identity.key.aid,
    issuerManifest: issuer,
    collector,
  })
  const voucher =
    grant_voucher === undefined
      ? null
      : aitp.verifyVoucher(grant_voucher, {
          now,
          expectedIssuer: issuer.aid,
          expectedHolder: claims.sub,
          tct: claims,
        })
  return {
    token,
    fingerprint: aitp.fingerprint(token),
    claims,
    voucher: voucher?.token ?? null,
    unrequestedGrants: [],
  }
}

/** An object with the token and perhaps a voucher, or the token alone as a JSON string, as some answer. */
function readAnswer(text: string): { readonly tct: string; readonly grant_voucher?: string } {
  const answer = parseAnswer(text)
  if (typeof answer === 'string') return { tct: answer }
  const { tct, grant_voucher } = isJsonObject(answer) ? answer : {}
  if (typeof tct !== 'string')
    throw new AitpError('INVALID_ENVELOPE', 'the answer to a redemption has no token')
  return { tct, ...(typeof grant_voucher === 'string' ? { grant_voucher } : {}) }
}

function parseAnswer(text: string) {
  try {
    return parseStrictJson(text, { maxLength: text.length })
  } catch (cause) {
    throw new AitpError('INVALID_ENVELOPE', 'the answer to a redemption is not JSON', { cause })
  }
}
