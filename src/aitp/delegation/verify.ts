import { type Aid, isSameKey } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import type { Collector } from '../collector.ts'
import type { Engine } from '../engine.ts'
import { type CompactJws, MAX_CHAIN_LENGTH } from '../jws.ts'
import { type Evidence, Ladder } from '../ladder.ts'
import { askRevocation, type RevocationTerms } from '../revocation/decision.ts'
import { type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import {
  delegationChecks,
  type MultihopCheckId,
  multihopDelegationChecks,
  type SingleHopCheckId,
} from './checks.ts'
import type { DelegationClaims } from './claims.ts'
import { checkBinding, checkExpiry, checkHopToken, checkRoot, checkSelf, type DelegationPath } from './hop.ts'
import { checkChain } from './multihop.ts'

/** What a delegation is held against. What is left out is skipped and shown as such. */
export interface DelegationContext extends RevocationTerms {
  /** Unix seconds. */
  readonly now: number
  /** The original issuer: only it can verify, as the voucher is its own. */
  readonly selfAid: Aid
  /**
   * Most hops of a chain, the issuer's own grant counting as the first. Default 0: a token with a chain is refused
   * before any cryptography. 3 is the usual value where chains are wanted (RFC-AITP-0011).
   */
  readonly maxHops?: number | undefined
  /**
   * Who proved possession of a key with this request (a signed envelope or a proof-of-possession round). `null`:
   * nobody did, so the token is refused. Left out: the check is skipped, for display and for the bare request of
   * older clients.
   */
  readonly presenter?: Aid | null | undefined
  readonly collector?: Collector | undefined
}

declare const verifiedDelegationBrand: unique symbol

/** A delegation token that passed every check for which the context gave an input. Made by the verifier only. */
export interface VerifiedDelegation {
  readonly token: CompactJws
  readonly claims: DelegationClaims
  /** The original issuer, `aud`. */
  readonly delegator: Aid
  /** The delegator of the last hop, `iss`. */
  readonly issuedBy: Aid
  readonly delegatee: Aid
  /** The scope, or what a revocation decision left of it. */
  readonly grants: readonly string[]
  /** Unix seconds. */
  readonly expiresAt: number
  readonly cnfJkt: string
  /** `jti` of the TCT all of this rests on. Revoking it must end whatever comes of this token. */
  readonly srcJti: string
  readonly [verifiedDelegationBrand]: true
}

/**
 * Verifies a delegation token at the agent that issued the TCT behind it (RFC-AITP-0006 §4; with `maxHops`,
 * RFC-AITP-0011). Throws `AitpError` with the first failure.
 */
export function verifyDelegation(
  engine: Engine,
  token: string,
  context: DelegationContext,
): VerifiedDelegation {
  const payload = peekPayload(engine, token)
  const { maxHops = 0 } = context
  const isSingleHop = typeof payload === 'string' || payload['chain'] === undefined
  if (isSingleHop || maxHops === 0) return verifySingleHop(engine, token, payload, context)
  const { chain } = payload
  const length = Array.isArray(chain) ? Math.min(chain.length, Math.max(maxHops - 2, 0)) : 0
  const ladder: Ladder<MultihopCheckId> = new Ladder(multihopDelegationChecks(length), context.collector)
  ladder.pass('delegation.multihop', () => ({ expected: `at most ${maxHops} hops`, actual: 'a chain' }))
  const path = checkChain(engine, ladder, token, payload, context, maxHops)
  const grants = checkDelegationRevocation(ladder, path, context)
  checkPresenter(ladder, path.last.claims, context.presenter)
  return verified(path, grants)
}

function verifySingleHop(
  engine: Engine,
  token: string,
  payload: JsonObject | string,
  context: DelegationContext,
): VerifiedDelegation {
  const ladder: Ladder<SingleHopCheckId> = new Ladder(delegationChecks, context.collector)
  requireNoChain(ladder, payload)
  const hop = checkHopToken(engine, ladder, 'delegation', token, {
    selfAid: context.selfAid,
    acceptsJti: (context.maxHops ?? 0) > 0,
  })
  const { claims } = hop
  checkExpiry(ladder, 'delegation', claims, context)
  const voucher = checkRoot(engine, ladder, 'delegation', claims, context)
  const path = { hops: [hop], last: hop, srcJti: voucher.claims.src_jti }
  const grants = checkDelegationRevocation(ladder, path, context)
  checkSelf(ladder, 'delegation', claims)
  checkBinding(engine, ladder, 'delegation', claims)
  checkPresenter(ladder, claims, context.presenter)
  return verified(path, grants)
}

/** Before anything else, the header included: a chain that nobody looks at must not pass for a single hop. */
function requireNoChain(ladder: Ladder<'delegation.multihop'>, payload: JsonObject | string): void {
  if (typeof payload === 'string') {
    ladder.refuse('delegation.multihop', {
      code: 'DELEGATION_INVALID_SIGNATURE',
      expected: 'claims that can be read',
      actual: payload,
    })
  }
  ladder.require('delegation.multihop', payload['chain'] === undefined, () => ({
    expected: 'no chain',
    actual: payload['chain'] === undefined ? 'no chain' : 'a chain',
  }))
}

/** The source in this agent's own list, each hop in the list of its own issuer. */
function checkDelegationRevocation(
  ladder: Ladder<'delegation.revocation'>,
  { hops, last, srcJti }: DelegationPath,
  context: DelegationContext,
): readonly string[] {
  const questions = [
    { jti: srcJti, issuer: context.selfAid },
    ...hops.flatMap(({ claims: { jti, iss } }) => (jti === undefined ? [] : [{ jti, issuer: iss }])),
  ]
  let grants = last.claims.scope
  const reasons: string[] = []
  let allClear = true
  for (const { jti, issuer } of questions) {
    const decision = askRevocation(context, jti, issuer, grants)
    if (decision === undefined) {
      ladder.skip('delegation.revocation', 'no revocation source was given')
      return grants
    }
    const evidence: Evidence = { expected: `${jti} not revoked by ${issuer}`, actual: decision.reason }
    if (decision.outcome === 'revoked') return ladder.refuse('delegation.revocation', evidence)
    if (decision.grants.length === 0)
      return ladder.refuse('delegation.revocation', { ...evidence, code: 'POLICY_VIOLATION' })
    grants = decision.grants
    allClear &&= decision.outcome === 'clear'
    reasons.push(decision.reason)
  }
  if (allClear)
    ladder.pass('delegation.revocation', () => ({ expected: 'nothing revoked', actual: reasons.join('; ') }))
  else ladder.skip('delegation.revocation', reasons.join('; '))
  return grants
}

function checkPresenter(
  ladder: Ladder<'delegation.possession'>,
  { sub }: DelegationClaims,
  presenter: Aid | null | undefined,
): void {
  if (presenter === undefined) {
    ladder.skip('delegation.possession', 'no presenter was given')
    return
  }
  ladder.require('delegation.possession', presenter !== null && isSameKey(presenter, sub), () => ({
    expected: sub,
    actual: presenter ?? 'nobody',
  }))
}

function verified({ last, srcJti }: DelegationPath, grants: readonly string[]): VerifiedDelegation {
  const { token, claims } = last
  return {
    token,
    claims,
    delegator: claims.aud,
    issuedBy: claims.iss,
    delegatee: claims.sub,
    grants,
    expiresAt: claims.exp,
    cnfJkt: claims.cnf.jkt,
    srcJti,
  } as VerifiedDelegation
}

/** The claims before anything is verified; a text says why there are none. */
function peekPayload(engine: Engine, token: string): JsonObject | string {
  if (token.length > MAX_CHAIN_LENGTH) return `longer than ${MAX_CHAIN_LENGTH} characters`
  const segments = token.split('.')
  const [, payload] = segments
  if (payload === undefined || segments.length !== 3) return `${segments.length} segments`
  const bytes = decodeBase64url(payload)
  if (bytes === undefined) return 'payload is not strict base64url'
  try {
    return parseStrictJsonObject(engine.utf8Decode(bytes) ?? '', { maxLength: MAX_CHAIN_LENGTH })
  } catch (error) {
    return String(error)
  }
}
