import type { Aid } from '../aid.ts'
import type { Collector } from '../collector.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import type { CompactJws, UnverifiedJws } from '../jws.ts'
import {
  requireAlgorithm,
  requirePayload,
  requireSignature,
  requireSigner,
  requireStructure,
  requireTyp,
} from '../jws-checks.ts'
import { check, Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { askRevocation, type RevocationTerms } from '../revocation/decision.ts'
import { requireShape } from '../structure.ts'
import { thumbprint } from '../thumbprint.ts'
import { AITP_VERSION } from '../version.ts'
import { emptyGrantsFault, lifetimeFault, readTctClaims, type TctClaims, tctShape } from './claims.ts'

/** What the token itself shows, and what the manifest of its issuer says. */
// biome-ignore format: a table, one row a check.
export const tctTokenChecks = [
  check('tct.structure', 'Token is three strict segments with a two-member header', 'RFC-AITP-0001 §5.4.5', 'TCT_SIGNATURE_INVALID'),
  check('tct.typ', 'Header names a TCT', 'RFC-AITP-0005 §7.2', 'TOKEN_TYP_MISMATCH'),
  check('tct.signer', 'Issuer is known or named by the token', 'RFC-AITP-0001 §5.4.5', 'TCT_SIGNATURE_INVALID'),
  check('tct.alg', 'Algorithm is that of the issuer AID', 'RFC-AITP-0005 §7.2', 'TOKEN_ALG_MISMATCH'),
  check('tct.signature', 'Signature verifies under the key in the issuer AID', 'RFC-AITP-0005 §7.2', 'TCT_SIGNATURE_INVALID'),
  check('tct.claims', 'Claims are complete and well-formed', 'RFC-AITP-0005 §2', 'TCT_SIGNATURE_INVALID'),
  check('tct.ver', 'Protocol version is known', 'RFC-AITP-0005 §2', 'UNKNOWN_VERSION'),
  check('tct.iss', 'Issuer is the expected one', 'RFC-AITP-0005 §7.2', 'TCT_SIGNATURE_INVALID'),
  check('tct.aud', 'Audience is the expected one', 'RFC-AITP-0005 §7.2', 'AUDIENCE_MISMATCH'),
  check('tct.aud_sub', 'Audience is the subject', 'RFC-AITP-0005 §2', 'AUDIENCE_MISMATCH'),
  check('tct.exp', 'Token has not expired', 'RFC-AITP-0005 §7.2', 'TCT_EXPIRED'),
  check('tct.iat', 'Token was not issued in the future', 'RFC-AITP-0005', 'TCT_EXPIRED'),
  check('tct.manifest_expiry', 'Token does not outlive the manifest of its issuer', 'RFC-AITP-0005 §10.4', 'TCT_EXPIRES_AFTER_MANIFEST'),
  check('tct.grants', 'Token grants something', 'RFC-AITP-0004 §4.1', 'TCT_SIGNATURE_INVALID'),
  check('tct.cnf', 'Token is bound to the key of its subject', 'RFC-AITP-0001 §5.4.4', 'TCT_SIGNATURE_INVALID'),
] as const

/** Last of all: a revocation lookup may cost network traffic, so no forged token may reach it. */
// biome-ignore format: a table, one row a check.
export const tctUseChecks = [
  check('tct.revocation', 'Token is not revoked', 'RFC-AITP-0005 §7.2', 'TCT_REVOKED'),
  check('tct.required_grant', 'Token holds the required grant', 'RFC-AITP-0004 §4', 'POLICY_VIOLATION'),
] as const

/** The ladder of a TCT (RFC-AITP-0005 §7.2). */
export const tctChecks = [...tctTokenChecks, ...tctUseChecks] as const

export type TctTokenCheckId = (typeof tctTokenChecks)[number]['id']
export type TctUseCheckId = (typeof tctUseChecks)[number]['id']
export type TctCheckId = TctTokenCheckId | TctUseCheckId

export interface TctTokenContext {
  readonly now: number
  /** Receipt: the peer. Presentation: this agent itself, as anybody can mint a token to himself. */
  readonly expectedIssuer?: Aid | undefined
  readonly expectedAudience?: Aid | undefined
  readonly issuerManifest?: VerifiedManifest | undefined
  /** How far ahead the issuer's clock may be. */
  readonly iatSkewSecs?: number | undefined
}

export interface TctUseContext extends RevocationTerms {
  readonly requiredGrant?: string | undefined
}

/** What a TCT is held against. What is left out is skipped and shown as such. */
export interface TctContext extends TctTokenContext, TctUseContext {
  readonly collector?: Collector | undefined
}

declare const verifiedTctBrand: unique symbol

/** A TCT that passed every check for which the context gave an input. */
export interface VerifiedTct {
  readonly token: CompactJws
  readonly claims: TctClaims
  /** The grants of the token, or what a revocation decision left of them. */
  readonly grants: readonly string[]
  readonly [verifiedTctBrand]: true
}

const DEFAULT_IAT_SKEW_SECS = 30

/**
 * Verifies a TCT over exactly the characters received. Throws `AitpError`; the checks run in the order of
 * RFC-AITP-0005 §7.2, so the first failure is the one the specification names.
 */
export function verifyTct(engine: Engine, token: string, context: TctContext): VerifiedTct {
  const ladder: Ladder<TctCheckId> = new Ladder(tctChecks, context.collector)
  const verified = checkTctToken(engine, ladder, token, context)
  const grants = checkTctUse(ladder, verified.claims, context)
  return { ...verified, grants }
}

/** Everything that can be judged from the token and the issuer's manifest. */
export function checkTctToken(
  engine: Engine,
  ladder: Ladder<TctTokenCheckId>,
  token: string,
  context: TctTokenContext,
): VerifiedTct {
  const jws = requireStructure(engine, ladder, token, 'tct')
  requireTyp(ladder, jws, 'tct', 'aitp-tct+jwt')
  const signer = requireSigner(engine, ladder, jws, 'tct', context.expectedIssuer)
  requireAlgorithm(ladder, jws, 'tct', signer)
  const verified = requireSignature(engine, ladder, jws, 'tct', signer)
  const claims = requireTctClaims(engine, ladder, jws)
  checkTctStanding(engine, ladder, claims, context)
  return { token: verified, claims, grants: claims.grants } as VerifiedTct
}

/** What a token whose signature verified says, held against this context and this moment. */
export function checkTctStanding(
  engine: Engine,
  ladder: Ladder<TctTokenCheckId>,
  claims: TctClaims,
  context: TctTokenContext,
): void {
  checkParties(ladder, claims, context)
  checkTimes(ladder, claims, context)
  ladder.require('tct.grants', claims.grants.length > 0, () => ({
    expected: 'at least one',
    actual: listOf(claims.grants),
  }))
  const jkt = thumbprint(engine, claims.sub)
  ladder.require('tct.cnf', claims.cnf.jkt === jkt, () => ({ expected: jkt, actual: claims.cnf.jkt }))
}

/** What depends on the moment and the place of use. Returns the grants that may be used. */
export function checkTctUse(
  ladder: Ladder<TctUseCheckId>,
  claims: TctClaims,
  context: TctUseContext,
): readonly string[] {
  const grants = checkRevocation(ladder, claims, context)
  const { requiredGrant } = context
  if (requiredGrant === undefined) {
    ladder.skip('tct.required_grant', 'no grant was required')
    return grants
  }
  ladder.require('tct.required_grant', grants.includes(requiredGrant), () => ({
    expected: requiredGrant,
    actual: listOf(grants),
    message: `TCT ${claims.jti} grants ${listOf(grants)}, the call needs ${requiredGrant}`,
  }))
  return grants
}

export function checkRevocation(
  ladder: Ladder<'tct.revocation'>,
  { jti, iss, grants }: TctClaims,
  terms: RevocationTerms,
): readonly string[] {
  const decision = askRevocation(terms, jti, iss, grants)
  if (decision === undefined) {
    ladder.skip('tct.revocation', 'no revocation source was given')
    return grants
  }
  const evidence = { expected: `${jti} not revoked`, actual: decision.reason }
  if (decision.outcome === 'revoked') return ladder.refuse('tct.revocation', evidence)
  // Nothing that the policy calls safe was granted.
  if (decision.grants.length === 0)
    return ladder.refuse('tct.revocation', { ...evidence, code: 'POLICY_VIOLATION' })
  // Let through by the policy is not the same as found clear.
  if (decision.outcome === 'clear') ladder.pass('tct.revocation', () => evidence)
  else ladder.skip('tct.revocation', decision.reason)
  return decision.grants
}

function requireTctClaims(engine: Engine, ladder: Ladder<TctTokenCheckId>, jws: UnverifiedJws): TctClaims {
  const claims = requirePayload(engine, ladder, jws, 'tct')
  requireShape(ladder, 'tct.claims', claims, tctShape(engine), {
    other: lifetimeFault(claims),
    later: emptyGrantsFault(claims),
  })
  ladder.require('tct.ver', claims['ver'] === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(claims['ver']),
  }))
  return readTctClaims(engine, claims)
}

function checkParties(ladder: Ladder<TctTokenCheckId>, claims: TctClaims, context: TctTokenContext): void {
  const { expectedIssuer, expectedAudience } = context
  if (expectedIssuer === undefined) ladder.skip('tct.iss', 'no issuer was expected')
  else {
    ladder.require('tct.iss', claims.iss === expectedIssuer, () => ({
      expected: expectedIssuer,
      actual: claims.iss,
      message: `TCT issuer is ${claims.iss}, expected was ${expectedIssuer}`,
    }))
  }
  if (expectedAudience === undefined) ladder.skip('tct.aud', 'no audience was expected')
  else {
    ladder.require('tct.aud', claims.aud === expectedAudience, () => ({
      expected: expectedAudience,
      actual: claims.aud,
      message: `TCT audience is ${claims.aud}, expected was ${expectedAudience}`,
    }))
  }
  ladder.require('tct.aud_sub', claims.aud === claims.sub, () => ({
    expected: claims.sub,
    actual: claims.aud,
    message: `TCT audience is ${claims.aud}, its subject is ${claims.sub}`,
  }))
}

function checkTimes(
  ladder: Ladder<TctTokenCheckId>,
  { iat, exp }: TctClaims,
  context: TctTokenContext,
): void {
  const { now, issuerManifest, iatSkewSecs = DEFAULT_IAT_SKEW_SECS } = context
  ladder.require('tct.exp', now < exp, () => ({ expected: `exp > now ${now}`, actual: String(exp) }))
  ladder.require('tct.iat', iat <= now + iatSkewSecs, () => ({
    expected: `iat <= now ${now} + ${iatSkewSecs}`,
    actual: String(iat),
  }))
  if (issuerManifest === undefined) {
    ladder.skip('tct.manifest_expiry', 'no manifest of the issuer was given')
    return
  }
  ladder.require('tct.manifest_expiry', exp <= issuerManifest.expiresAt, () => ({
    expected: `exp <= manifest expires_at ${issuerManifest.expiresAt}`,
    actual: String(exp),
  }))
}
