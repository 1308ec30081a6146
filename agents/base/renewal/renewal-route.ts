import type { Request, Response } from 'express'
import { AitpError, type TctClaims } from '../../../src/aitp/index.ts'
import { type Agent, randomness, recordIssued } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { Inbound } from '../inbound.ts'
import { requireRate } from '../limit-rate.ts'
import { peerRefusalBody, peerRefusalHeaders, refusalOf } from '../refusal.ts'
import { requireJson } from '../require-json.ts'
import { tokenFacts } from '../token-facts.ts'

/** After so many in a row a new handshake is due; the line has to be walked whenever the youngest is judged. */
const mostRenewals = 500

/** `POST /aitp/handshake/renew`: the holder of one of this agent's tokens asks for the next (RFC-AITP-0005). */
export async function receiveRenewal(agent: Agent, request: Request, response: Response): Promise<void> {
  const inbound = new Inbound(agent, 'renew', request, response)
  const collector = agent.aitp.createCollector()
  const now = unixNow()
  try {
    requireJson(request, inbound)
    requireFreshRevocations(agent)
    const renewed = agent.aitp.processRenewalRequest(inbound.text, {
      key: agent.identity.key,
      manifest: agent.identity.manifest().verified,
      isRevoked: (jti) => agent.revocation.ownTokens.denies(jti) !== null,
      grantPolicy: (claims) => grantsOf(agent, claims),
      renewals: agent.renewals,
      now,
      ttlSecs: wantedTtl(request) ?? ((previous) => defaultTtl(agent, previous, now)),
      issueVoucher: true,
      originOf: ({ jti }) => delegationBehind(agent, jti),
      randomBytes: randomness,
      collector,
    })
    const { claims, previous } = renewed
    requireRate(agent, claims.sub)
    recordIssued(agent, renewed, { origin: previous.jti, ...delegationBehind(agent, previous.jti) })
    agent.telemetry.event(
      {
        type: 'tct.renewal.issued',
        tct: tokenFacts(agent.aitp, renewed),
        jti: claims.jti,
        previous_jti: previous.jti,
        subject: claims.sub,
      },
      inbound.exchangeId,
    )
    await inbound.answer({
      status: 200,
      text: renewed.text,
      report: collector.report('renewal_request', now),
      peerAid: claims.sub,
    })
  } catch (error) {
    const refusal = refusalOf(error, 400)
    if (refusal.status === 500) console.error(error)
    const { status, code, check, message } = refusal
    agent.telemetry.event({ type: 'tct.renewal.rejected', error: message, code, check }, inbound.exchangeId)
    await inbound.answer({
      status,
      headers: peerRefusalHeaders(refusal),
      text: peerRefusalBody(refusal),
      report: collector.report('renewal_request', now),
    })
  }
}

/** What calls are refused for where a fail mode was chosen (RFC-AITP-0008 §3.1) gets no new token either. */
function requireFreshRevocations({ revocation }: Agent): void {
  const { refusal } = revocation.ownTokens.admit()
  if (refusal !== null) throw new AitpError('TCT_REVOKED', refusal, { check: 'tct.revocation' })
}

/** A holder whom this agent would no longer shake hands with gets nothing more (RFC-AITP-0004 §4.1). */
function grantsOf(agent: Agent, { jti, sub, grants }: TctClaims): readonly string[] {
  const isWelcome =
    delegationBehind(agent, jti) !== undefined || agent.address.isOpen || agent.peers.byAid(sub) !== undefined
  return isWelcome && generation(agent, jti) < mostRenewals ? grants : []
}

function generation({ issued }: Agent, jti: string): number {
  let count = 0
  for (let at = issued.originOf(jti); at !== undefined; at = issued.originOf(at)) count += 1
  return count
}

function delegationBehind({ issued }: Agent, jti: string): { readonly notAfter: number } | undefined {
  const notAfter = issued.get(jti)?.notAfter
  return notAfter === undefined ? undefined : { notAfter }
}

/** What the holder asks for, in the query because the body has exactly three members; the manifest bounds it. */
function wantedTtl(request: Request): number | undefined {
  const wanted = request.query['ttl_secs']
  if (wanted === undefined) return undefined
  const isNumber = typeof wanted === 'string' && /^[1-9][0-9]{0,8}$/.test(wanted)
  if (isNumber) return Number(wanted)
  throw new AitpError('INVALID_ENVELOPE', 'ttl_secs is no positive number of seconds', {
    check: 'renewal.request',
    expected: 'a positive number of seconds',
    actual: String(wanted),
  })
}

/** The life of any token of this agent, and a second more where that would end no later than the token at hand. */
function defaultTtl({ identity }: Agent, { exp }: TctClaims, now: number): number {
  return Math.max(identity.tctTtlSecs, exp + 1 - now)
}
