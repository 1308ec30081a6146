import type { Request, Response } from 'express'
import {
  AitpError,
  type Collector,
  parseStrictJsonObject,
  popHeaders,
  type RedeemedTct,
  StrictJsonError,
  type VerifiedDelegation,
} from '../../../src/aitp/index.ts'
import { type Agent, randomness, recordIssued } from '../agent.ts'
import { unixNow } from '../clock.ts'
import { type Answer, Inbound } from '../inbound.ts'
import { requireRate } from '../limit-rate.ts'
import { requirePossession } from '../possession.ts'
import { peerRefusalBody, peerRefusalHeaders, refusalOf } from '../refusal.ts'
import { requireJson } from '../require-json.ts'
import { delegationDescent, possessionTerms } from './descent.ts'

/**
 * `POST /aitp/delegation/redeem`: whoever was passed part of a token of this agent gets one of its own for it, once it
 * has proven possession of its key (RFC-AITP-0006 §5).
 */
export async function receiveRedemption(agent: Agent, request: Request, response: Response): Promise<void> {
  const inbound = new Inbound(agent, 'redeem', request, response)
  // The second, where possession was proven, starts anew, so that its ladder is that of the whole judgement.
  const ladders: Collector[] = []
  const now = unixNow()
  const report = () => ladders.at(-1)?.report('delegation', now) ?? null
  const judge = (token: string, presenter?: VerifiedDelegation['delegatee'] | null) => {
    const collector = agent.aitp.createCollector()
    ladders.push(collector)
    return verifyDelegation(agent, token, { now, presenter, collector })
  }
  try {
    requireJson(request, inbound)
    requireFreshRevocations(agent)
    const token = delegationTokenOf(inbound.text)
    const { delegatee } = judge(token)
    const possession = askPossession(agent, token, delegatee, request.header(popHeaders.response))
    if ('answer' in possession) {
      await inbound.answer({ ...possession.answer, report: report() })
      return
    }
    const delegation = judge(token, possession.presenter)
    requireRate(agent, delegatee)
    const answer = redeem(agent, delegation, inbound.exchangeId, now)
    await inbound.answer({ ...answer, report: report(), peerAid: delegatee })
  } catch (error) {
    const refusal = refusalOf(error, 403)
    if (refusal.status === 500) console.error(error)
    const { status, code, check, message } = refusal
    agent.telemetry.event({ type: 'delegation.rejected', error: message, code, check }, inbound.exchangeId)
    const headers = peerRefusalHeaders(refusal)
    await inbound.answer({ status, headers, text: peerRefusalBody(refusal), report: report() })
  }
}

/** Before the token is looked at: what is not known to be current cannot clear it (RFC-AITP-0008 §3.1). */
function requireFreshRevocations({ revocation }: Agent): void {
  const { refusal } = revocation.admit()
  if (refusal === null) return
  throw new AitpError('DELEGATION_SOURCE_TCT_REVOKED', refusal, { check: 'delegation.revocation' })
}

function delegationTokenOf(text: string): string {
  const body = readBody(text)
  const token = body?.['delegation_token']
  if (typeof token === 'string') return token
  throw new AitpError('INVALID_ENVELOPE', 'the body has no delegation_token', {
    check: 'http.body',
    expected: 'a JSON object with delegation_token',
  })
}

function readBody(text: string) {
  try {
    return parseStrictJsonObject(text, { maxLength: text.length })
  } catch (error) {
    if (error instanceof StrictJsonError) return undefined
    throw error
  }
}

interface Terms {
  readonly now: number
  readonly presenter: VerifiedDelegation['delegatee'] | null | undefined
  readonly collector: Collector
}

/** Held against everything that is denied, the Control Plane's list included: the source, and each hop. */
function verifyDelegation(
  { aitp, identity, policy, revocation }: Agent,
  token: string,
  terms: Terms,
): VerifiedDelegation {
  return aitp.verifyDelegation(token, {
    ...terms,
    selfAid: identity.key.aid,
    // The library's 1 would still turn chains on, and have none short enough.
    maxHops: policy.max_delegation_hops > 1 ? policy.max_delegation_hops : 0,
    isRevoked: (jti) => revocation.denies(jti) !== null,
  })
}

type AskedPossession =
  | { readonly answer: Pick<Answer, 'status' | 'headers' | 'text'> }
  | { readonly presenter: VerifiedDelegation['delegatee'] | null }

/** A proof that does not hold proves nobody; the delegation is then refused for that. */
function askPossession(
  agent: Agent,
  token: string,
  delegatee: VerifiedDelegation['delegatee'],
  proof: string | undefined,
): AskedPossession {
  const terms = possessionTerms(agent.aitp, token, agent.identity.key.aid, delegatee)
  if (terms === null) throw new TypeError('a verified delegation names no source')
  try {
    const possession = requirePossession(agent, terms, proof)
    return possession.proven ? { presenter: delegatee } : { answer: possession.answer }
  } catch (error) {
    if (error instanceof AitpError && proof !== undefined) return { presenter: null }
    throw error
  }
}

function redeem(
  agent: Agent,
  delegation: VerifiedDelegation,
  exchangeId: string,
  now: number,
): Pick<Answer, 'status' | 'text'> {
  const { aitp, identity, policy } = agent
  const redeemed: RedeemedTct = aitp.redeemDelegation(identity.key, delegation, {
    manifest: identity.manifest().verified,
    now,
    ttlSecs: identity.tctTtlSecs,
    jti: aitp.newUuid(randomness),
    issueVoucher: policy.onward_delegation,
  })
  const descent = delegationDescent(aitp, delegation.token)
  if (descent === null) throw new TypeError('a verified delegation cannot be read')
  recordIssued(agent, redeemed, {
    origin: descent.jti,
    notAfter: delegation.expiresAt,
    links: descent.links,
  })
  const { jti, grants } = redeemed.claims
  agent.telemetry.event(
    {
      type: 'delegation.redeemed',
      role: 'issuer',
      grants: [...grants],
      jti,
      parent_jti: descent.jti,
      delegatee_aid: delegation.delegatee,
      delegator_aid: delegation.issuedBy,
    },
    exchangeId,
  )
  const voucher = redeemed.voucher === null ? {} : { grant_voucher: redeemed.voucher }
  return { status: 200, text: JSON.stringify({ tct: redeemed.token, ...voucher }) }
}
