import { type Aid, AitpError, type HeldToken } from '../../../src/aitp/index.ts'
import type { TctRenewed } from '../../../src/shared/admin.ts'
import { type Agent, randomness } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { renewalUrl } from '../endpoints.ts'
import { fetchManifest } from '../fetch-manifest.ts'
import { requireOwnHeld } from '../held-tokens.ts'
import { exchangeWith } from '../outbound.ts'
import { failedAtPeer, refusedByPeer } from '../peer-failure.ts'
import { tokenFacts } from '../token-facts.ts'

const timeoutMs = 10_000

/**
 * Has the token held from a peer replaced by its issuer, voucher included; on any failure the old one stays what it was.
 * Throws `no_held_tct`, 412, or what the issuer refused with, 502.
 *
 * @param ttlSecs how long the new one should live; `undefined`: as its issuer likes
 */
export async function renewTct(
  agent: Agent,
  peerAid: string,
  ttlSecs: number | undefined,
): Promise<TctRenewed> {
  const { held, issuer, origin, manifestUrl } = requireOwnHeld(agent.held, agent.identity.key.aid, peerAid)
  const renewed = await askIssuer(agent, held, { issuer, origin, manifestUrl, ttlSecs })
  agent.held.set(peerAid, { held: renewed.held, origin, manifestUrl })
  const { jti, exp, iss, sub } = renewed.held.claims
  const previous = held.claims.jti
  agent.telemetry.event(
    {
      type: 'tct.renewal.requested',
      tct: tokenFacts(agent.aitp, renewed.held),
      jti,
      previous_jti: previous,
      peer_aid: issuer,
    },
    renewed.exchangeId,
  )
  return { jti, previous_jti: previous, expires_at: exp, issuer: iss, subject: sub }
}

interface Issuer {
  readonly issuer: Aid
  readonly origin: string
  readonly manifestUrl: string
  readonly ttlSecs: number | undefined
}

async function askIssuer(
  agent: Agent,
  current: HeldToken,
  { issuer, origin, manifestUrl, ttlSecs }: Issuer,
): Promise<{ readonly held: HeldToken; readonly exchangeId: string }> {
  // As it is published now: the one of the handshake may end before the new token does.
  const manifest = await fetchManifest(agent, manifestUrl, issuer)
  const url = renewalUrl(manifest)
  if (ttlSecs !== undefined) url.searchParams.set('ttl_secs', String(ttlSecs))
  const collector = agent.aitp.createCollector()
  let checkedAt: number | null = null
  try {
    if (url.origin !== origin) {
      throw new AitpError(
        'IDENTITY_FAILED',
        `the token is for ${origin}, its issuer renews at ${url.origin}`,
        {
          check: 'renewal.origin',
          expected: origin,
          actual: url.origin,
        },
      )
    }
    return await exchangeWith(
      agent,
      {
        kind: 'renew',
        method: 'POST',
        url: url.href,
        body: agent.aitp.buildRenewalRequest(agent.identity.key, current, { randomBytes: randomness }),
        peerAid: issuer,
        timeoutMs,
      },
      (incoming, exchangeId) => {
        if (incoming.status !== 200) throw refusedByPeer(incoming)
        checkedAt = unixNow()
        const held = agent.aitp.verifyRenewalResponse(incoming.text, {
          now: checkedAt,
          previous: current.claims,
          issuerManifest: manifest,
          collector,
        })
        return { value: { held, exchangeId } }
      },
      () => (checkedAt === null ? null : collector.report('renewal_response', checkedAt)),
    )
  } catch (error) {
    throw failedAtPeer(error)
  }
}
