import type { Aid } from '../aid.ts'
import type { Collector } from '../collector.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import type { CompactJws, UnverifiedJws } from '../jws.ts'
import {
  claimedIssuer,
  requireAlgorithm,
  requirePayload,
  requireSignature,
  requireSigner,
  requireStructure,
  requireTyp,
} from '../jws-checks.ts'
import { check, Ladder } from '../ladder.ts'
import { requireShape } from '../structure.ts'
import { AITP_VERSION } from '../version.ts'
import {
  emptyGrantsFault,
  lifetimeFault,
  readVoucherClaims,
  type TctClaims,
  type VoucherClaims,
  voucherShape,
} from './claims.ts'

/** What the voucher itself shows. */
// biome-ignore format: a table, one row a check.
export const voucherTokenChecks = [
  check('voucher.structure', 'Voucher is three strict segments with a two-member header', 'RFC-AITP-0001 §5.4.5', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.typ', 'Header names a grant voucher', 'RFC-AITP-0005 §8', 'TOKEN_TYP_MISMATCH'),
  check('voucher.signer', 'Issuer is known or named by the voucher', 'RFC-AITP-0001 §5.4.5', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.iss', 'Issuer is the expected one', 'RFC-AITP-0005 §8', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.alg', 'Algorithm is that of the issuer AID', 'RFC-AITP-0001 §5.4.5', 'TOKEN_ALG_MISMATCH'),
  check('voucher.signature', 'Signature verifies under the key in the issuer AID', 'RFC-AITP-0005 §8', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.claims', 'Claims are complete and well-formed', 'RFC-AITP-0005 §8', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.ver', 'Protocol version is known', 'RFC-AITP-0005 §8', 'UNKNOWN_VERSION'),
  check('voucher.sub', 'Holder is the expected one', 'RFC-AITP-0005 §8', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.exp', 'Voucher has not expired', 'RFC-AITP-0005 §8', 'DELEGATION_EXPIRED'),
] as const

/** The voucher itself, and how it stands to the TCT it came with. */
// biome-ignore format: a table, one row a check.
export const voucherChecks = [
  ...voucherTokenChecks,
  check('voucher.mirrors_tct', 'Voucher says the same as the TCT it came with', 'RFC-AITP-0005 §8', 'DELEGATION_INVALID_VOUCHER'),
  check('voucher.revocation', 'The TCT it came with is not revoked', 'RFC-AITP-0005 §8', 'DELEGATION_SOURCE_TCT_REVOKED'),
] as const

export type VoucherTokenCheckId = (typeof voucherTokenChecks)[number]['id']
export type VoucherCheckId = (typeof voucherChecks)[number]['id']

export interface VoucherTokenTerms {
  /** Unix seconds. */
  readonly now: number
  readonly expectedIssuer?: Aid | undefined
  readonly expectedHolder?: Aid | undefined
}

export interface VoucherTerms extends VoucherTokenTerms {
  /** The TCT the voucher came with. */
  readonly tct?: TctClaims | undefined
  /** Asked with `src_jti`: revoking the TCT revokes the voucher. */
  readonly isRevoked?: ((jti: string) => boolean) | undefined
}

/** What a grant voucher is held against. What is left out is skipped and shown as such. */
export interface VoucherContext extends VoucherTerms {
  readonly collector?: Collector | undefined
}

declare const verifiedVoucherBrand: unique symbol

/** A voucher that passed every check for which the context gave an input. Made by the verifier only. */
export interface VerifiedVoucher {
  readonly token: CompactJws
  readonly claims: VoucherClaims
  readonly [verifiedVoucherBrand]: true
}

/** Verifies a grant voucher over exactly the characters received. */
export function verifyVoucher(engine: Engine, token: string, context: VoucherContext): VerifiedVoucher {
  const ladder: Ladder<VoucherCheckId> = new Ladder(voucherChecks, context.collector)
  return checkVoucher(engine, ladder, token, context)
}

export function checkVoucher(
  engine: Engine,
  ladder: Ladder<VoucherCheckId>,
  token: string,
  terms: VoucherTerms,
): VerifiedVoucher {
  const verified = checkVoucherToken(engine, ladder, token, terms)
  checkMirror(ladder, verified.claims, terms.tct)
  checkSource(ladder, verified.claims, terms.isRevoked)
  return verified
}

/** Everything that can be judged from the voucher alone. */
export function checkVoucherToken(
  engine: Engine,
  ladder: Ladder<VoucherTokenCheckId>,
  token: string,
  terms: VoucherTokenTerms,
): VerifiedVoucher {
  const jws = requireStructure(engine, ladder, token, 'voucher')
  requireTyp(ladder, jws, 'voucher', 'aitp-grant+jwt')
  const signer = requireSigner(engine, ladder, jws, 'voucher', terms.expectedIssuer)
  checkIssuer(engine, ladder, jws, terms.expectedIssuer)
  requireAlgorithm(ladder, jws, 'voucher', signer)
  const verified = requireSignature(engine, ladder, jws, 'voucher', signer)
  const claims = requireVoucherClaims(engine, ladder, jws)
  checkHolder(ladder, claims, terms.expectedHolder)
  ladder.require('voucher.exp', terms.now < claims.exp, () => ({
    expected: `exp > now ${terms.now}`,
    actual: String(claims.exp),
  }))
  return { token: verified, claims } as VerifiedVoucher
}

/** Every check of the table, when a message came without a voucher. */
export function skipVoucher(ladder: Ladder<VoucherCheckId>): void {
  for (const { id } of voucherChecks) ladder.skip(id, 'the message has no voucher')
}

function checkIssuer(
  engine: Engine,
  ladder: Ladder<VoucherTokenCheckId>,
  jws: UnverifiedJws,
  expectedIssuer: Aid | undefined,
): void {
  if (expectedIssuer === undefined) {
    ladder.skip('voucher.iss', 'no issuer was expected')
    return
  }
  const iss = claimedIssuer(engine, jws)
  ladder.require('voucher.iss', iss === expectedIssuer, () => ({
    expected: expectedIssuer,
    actual: iss ?? 'no AID',
  }))
}

function requireVoucherClaims(
  engine: Engine,
  ladder: Ladder<VoucherTokenCheckId>,
  jws: UnverifiedJws,
): VoucherClaims {
  const claims = requirePayload(engine, ladder, jws, 'voucher')
  requireShape(ladder, 'voucher.claims', claims, voucherShape(engine), {
    other: lifetimeFault(claims) ?? emptyGrantsFault(claims),
  })
  ladder.require('voucher.ver', claims['ver'] === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(claims['ver']),
  }))
  return readVoucherClaims(engine, claims)
}

function checkHolder(
  ladder: Ladder<VoucherTokenCheckId>,
  { sub }: VoucherClaims,
  expectedHolder: Aid | undefined,
): void {
  if (expectedHolder === undefined) {
    ladder.skip('voucher.sub', 'no holder was expected')
    return
  }
  ladder.require('voucher.sub', sub === expectedHolder, () => ({ expected: expectedHolder, actual: sub }))
}

function checkMirror(
  ladder: Ladder<VoucherCheckId>,
  voucher: VoucherClaims,
  tct: TctClaims | undefined,
): void {
  if (tct === undefined) {
    ladder.skip('voucher.mirrors_tct', 'no TCT was given')
    return
  }
  const wanted = termsOf(tct, tct.jti)
  const given = termsOf(voucher, voucher.src_jti)
  ladder.require('voucher.mirrors_tct', wanted === given, () => ({ expected: wanted, actual: given }))
}

function termsOf({ iss, sub, grants, iat, exp }: TctClaims | VoucherClaims, jti: string): string {
  return `${jti} from ${iss} to ${sub}: ${listOf(grants)}; ${iat} to ${exp}`
}

function checkSource(
  ladder: Ladder<VoucherCheckId>,
  claims: VoucherClaims,
  isRevoked: VoucherTerms['isRevoked'],
): void {
  if (isRevoked === undefined) {
    ladder.skip('voucher.revocation', 'no revocation source was given')
    return
  }
  ladder.require('voucher.revocation', !isRevoked(claims.src_jti), () => ({
    expected: `${claims.src_jti} not listed`,
    actual: claims.src_jti,
  }))
}
