import { type Aid, isSameKey } from '../aid.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { type CompactJws, MAX_CHAIN_LENGTH } from '../jws.ts'
import {
  requireAlgorithm,
  requirePayload,
  requireSignature,
  requireSigner,
  requireStructure,
  requireTyp,
} from '../jws-checks.ts'
import type { Ladder } from '../ladder.ts'
import { requireShape } from '../structure.ts'
import { checkVoucherToken, type VerifiedVoucher } from '../tct/voucher.ts'
import { thumbprint } from '../thumbprint.ts'
import { AITP_VERSION } from '../version.ts'
import type { HopPrefix, HopTokenCheckId, RootCheckId } from './checks.ts'
import {
  type DelegationClaims,
  delegationShape,
  emptyScopeFault,
  readDelegationClaims,
  strayHashFault,
  strayJtiFault,
} from './claims.ts'

export interface HopTerms {
  /** Unix seconds. */
  readonly now: number
  /** The original issuer, who verifies. */
  readonly selfAid: Aid
}

export interface HopTokenTerms {
  /** `undefined` for a holder, who is not the audience. */
  readonly selfAid: Aid | undefined
  /** Whether the token may have an id: only where chains are accepted. */
  readonly acceptsJti: boolean
}

/** One delegation token whose signature verified. */
export interface Hop {
  readonly token: CompactJws
  readonly claims: DelegationClaims
}

/** What a ladder has found before revocation and possession are asked about. */
export interface DelegationPath {
  /** Oldest first; the token itself is the last. */
  readonly hops: readonly Hop[]
  readonly last: Hop
  readonly srcJti: string
}

/** The steps every token goes through, whether it stands alone, in a chain or at its end. */
export function checkHopToken<Prefix extends HopPrefix>(
  engine: Engine,
  ladder: Ladder<HopTokenCheckId<NoInfer<Prefix>>>,
  prefix: Prefix,
  token: string,
  { selfAid, acceptsJti }: HopTokenTerms,
): Hop {
  const jws = requireStructure(engine, ladder, token, prefix, MAX_CHAIN_LENGTH)
  requireTyp(ladder, jws, prefix, 'aitp-delegation+jwt')
  const signer = requireSigner(engine, ladder, jws, prefix, undefined)
  requireAlgorithm(ladder, jws, prefix, signer)
  const verified = requireSignature(engine, ladder, jws, prefix, signer)
  const tree = requirePayload(engine, ladder, jws, prefix)
  requireShape(ladder, `${prefix}.claims`, tree, delegationShape(engine), {
    other: emptyScopeFault(tree) ?? strayHashFault(tree) ?? (acceptsJti ? undefined : strayJtiFault(tree)),
  })
  ladder.require(`${prefix}.ver`, tree['ver'] === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(tree['ver']),
  }))
  const claims = readDelegationClaims(engine, tree)
  if (selfAid === undefined) ladder.skip(`${prefix}.aud`, 'this agent is not the audience')
  else
    ladder.require(`${prefix}.aud`, claims.aud === selfAid, () => ({
      expected: selfAid,
      actual: claims.aud,
      message: `delegation is for ${claims.aud}, this agent is ${selfAid}`,
    }))
  return { token: verified, claims }
}

export function checkExpiry<Prefix extends HopPrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.exp`>,
  prefix: Prefix,
  { exp }: DelegationClaims,
  { now }: HopTerms,
): void {
  ladder.require(`${prefix}.exp`, now < exp, () => ({ expected: `exp > now ${now}`, actual: String(exp) }))
}

/** The voucher this agent signed, and what the token makes of it. */
export function checkRoot<Prefix extends HopPrefix>(
  engine: Engine,
  ladder: Ladder<RootCheckId<NoInfer<Prefix>>>,
  prefix: Prefix,
  { iss, voucher: text, exp, scope }: DelegationClaims,
  { now, selfAid }: HopTerms,
): VerifiedVoucher {
  if (text === undefined)
    return ladder.refuse(`${prefix}.voucher`, { expected: 'a voucher', actual: 'absent' })
  ladder.pass(`${prefix}.voucher`)
  const voucher = checkVoucherToken(engine, ladder, text, {
    now,
    expectedIssuer: selfAid,
    expectedHolder: iss,
  })
  const { claims } = voucher
  ladder.require(`${prefix}.voucher_expiry`, exp <= claims.exp, () => ({
    expected: `exp <= voucher exp ${claims.exp}`,
    actual: String(exp),
  }))
  const excess = scope.filter((grant) => !claims.grants.includes(grant))
  ladder.require(`${prefix}.scope`, excess.length === 0, () => ({
    expected: `among ${listOf(claims.grants)}`,
    actual: listOf(scope),
    message: `${iss} delegates ${listOf(excess)}, which its voucher does not grant`,
  }))
  return voucher
}

export function checkSelf<Prefix extends HopPrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.self`>,
  prefix: Prefix,
  { iss, sub }: DelegationClaims,
): void {
  ladder.require(`${prefix}.self`, !isSameKey(iss, sub), () => ({
    expected: `another than ${iss}`,
    actual: sub,
  }))
}

export function checkBinding<Prefix extends HopPrefix>(
  engine: Engine,
  ladder: Ladder<`${NoInfer<Prefix>}.cnf`>,
  prefix: Prefix,
  { sub, cnf }: DelegationClaims,
): void {
  const jkt = thumbprint(engine, sub)
  ladder.require(`${prefix}.cnf`, cnf.jkt === jkt, () => ({ expected: jkt, actual: cnf.jkt }))
}
