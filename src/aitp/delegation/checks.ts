import type { CheckDefinition } from '../collector.ts'
import { check } from '../ladder.ts'
import { type VoucherTokenCheckId, voucherTokenChecks } from '../tct/voucher.ts'

/** The prefix of one token's checks: the token itself, or a token it carries in `chain`. */
export type HopPrefix = 'delegation' | `chain.${number}`

type TokenStep = 'structure' | 'typ' | 'signer' | 'alg' | 'signature' | 'claims' | 'ver' | 'aud'

export type HopTokenCheckId<Prefix extends HopPrefix> = `${Prefix}.${TokenStep}`

/** What a token that carries the voucher is checked for against it. */
export type RootCheckId<Prefix extends HopPrefix> =
  | `${Prefix}.${'voucher' | 'voucher_expiry' | 'scope'}`
  | VoucherTokenCheckId

export type SingleHopCheckId =
  | HopTokenCheckId<'delegation'>
  | RootCheckId<'delegation'>
  | `delegation.${'multihop' | 'exp' | 'revocation' | 'self' | 'cnf' | 'possession'}`

const guard = check(
  'delegation.multihop',
  'Token has no chain, or chains are accepted here',
  'RFC-AITP-0006 §4',
  'DELEGATION_MULTIHOP_NOT_SUPPORTED',
)

const revocation = check(
  'delegation.revocation',
  'Neither the TCT behind the voucher nor a hop is revoked',
  'RFC-AITP-0006 §4',
  'DELEGATION_SOURCE_TCT_REVOKED',
)

const possession = check(
  'delegation.possession',
  'Presenter has the key of the delegatee',
  'RFC-AITP-0006',
  'DELEGATION_POP_FAILED',
)

/** The numbered checks of RFC-AITP-0006 §4. */
// biome-ignore format: a table, one row a check.
export const delegationChecks: readonly CheckDefinition<SingleHopCheckId>[] = [
  guard,
  ...tokenChecks('delegation'),
  exp('delegation'),
  ...rootChecks('delegation'),
  revocation,
  self('delegation'),
  cnf('delegation'),
  possession,
]

export type MultihopCheckId =
  | `delegation.${'multihop' | 'chain' | 'hops' | 'chain_hash' | 'revocation' | 'possession'}`
  | HopCheckId<HopPrefix>

export type HopCheckId<Prefix extends HopPrefix> =
  | HopTokenCheckId<Prefix>
  | RootCheckId<Prefix>
  | `${Prefix}.${'self' | 'loop' | 'cnf' | 'jti' | 'exp' | 'no_voucher' | 'continuity' | 'parent_expiry' | 'parent_scope' | 'prefix' | 'prefix_hash'}`

/** The ladder of a token with this many tokens in its chain. */
// biome-ignore format: a table, one row a check.
export function multihopDelegationChecks(chainLength: number): readonly CheckDefinition<MultihopCheckId>[] {
  const earlier = Array.from({ length: chainLength }, (_, index): HopPrefix => `chain.${index}`)
  return [
    guard,
    check('delegation.chain', 'Chain is a list of tokens', 'RFC-AITP-0011 §1.1', 'DELEGATION_INVALID_SIGNATURE'),
    check('delegation.hops', 'Hops are no more than accepted here', 'RFC-AITP-0011', 'DELEGATION_HOP_LIMIT_EXCEEDED'),
    check('delegation.chain_hash', 'Chain is the one the token commits to', 'RFC-AITP-0011 §5', 'DELEGATION_CHAIN_HASH_MISMATCH'),
    ...[...earlier, 'delegation' as const].flatMap((prefix, index) => hopChecks(prefix, index)),
    revocation,
    possession,
  ]
}

// biome-ignore format: a table, one row a check.
function hopChecks(prefix: HopPrefix, index: number): readonly CheckDefinition<HopCheckId<HopPrefix>>[] {
  return [
    ...tokenChecks(prefix),
    self(prefix),
    check(`${prefix}.loop`, 'No earlier token was for the same delegatee', 'RFC-AITP-0011', 'DELEGATION_INVALID_SIGNATURE'),
    cnf(prefix),
    check(`${prefix}.jti`, 'Token has an id that no earlier one has', 'RFC-AITP-0011', 'DELEGATION_INVALID_SIGNATURE'),
    exp(prefix),
    ...(index === 0 ? rootChecks(prefix) : linkChecks(prefix)),
    check(`${prefix}.prefix`, 'Chain of this token is the part of the chain before it', 'RFC-AITP-0011', 'DELEGATION_INVALID_VOUCHER'),
    check(`${prefix}.prefix_hash`, 'Chain of this token is the one it commits to', 'RFC-AITP-0011 §5', 'DELEGATION_CHAIN_HASH_MISMATCH'),
  ]
}

// biome-ignore format: a table, one row a check.
function linkChecks<Prefix extends HopPrefix>(prefix: Prefix): readonly CheckDefinition<HopCheckId<Prefix>>[] {
  return [
    check(`${prefix}.no_voucher`, 'Only the first token has a voucher', 'RFC-AITP-0011 §1.1', 'DELEGATION_INVALID_VOUCHER'),
    check(`${prefix}.continuity`, 'Delegator is the delegatee of the token before', 'RFC-AITP-0011', 'DELEGATION_INVALID_VOUCHER'),
    check(`${prefix}.parent_expiry`, 'Token does not outlive the one before', 'RFC-AITP-0011', 'DELEGATION_EXPIRED'),
    check(`${prefix}.parent_scope`, 'Scope is within that of the token before', 'RFC-AITP-0011 §4', 'DELEGATION_SCOPE_EXCEEDED'),
  ]
}

// biome-ignore format: a table, one row a check.
function tokenChecks<Prefix extends HopPrefix>(prefix: Prefix): readonly CheckDefinition<HopTokenCheckId<Prefix>>[] {
  return [
    check(`${prefix}.structure`, 'Token is three strict segments with a two-member header', 'RFC-AITP-0001 §5.4.5', 'DELEGATION_INVALID_SIGNATURE'),
    check(`${prefix}.typ`, 'Header names a delegation token', 'RFC-AITP-0001 §5.4.5', 'TOKEN_TYP_MISMATCH'),
    check(`${prefix}.signer`, 'Delegator is named by the token', 'RFC-AITP-0001 §5.4.5', 'DELEGATION_INVALID_SIGNATURE'),
    check(`${prefix}.alg`, 'Algorithm is that of the delegator AID', 'RFC-AITP-0001 §5.4.5', 'TOKEN_ALG_MISMATCH'),
    check(`${prefix}.signature`, 'Signature verifies under the key in the delegator AID', 'RFC-AITP-0006 §4', 'DELEGATION_INVALID_SIGNATURE'),
    check(`${prefix}.claims`, 'Claims are complete and well-formed', 'RFC-AITP-0006', 'DELEGATION_INVALID_SIGNATURE'),
    check(`${prefix}.ver`, 'Protocol version is known', 'RFC-AITP-0006', 'UNKNOWN_VERSION'),
    check(`${prefix}.aud`, 'Audience is this agent', 'RFC-AITP-0006 §4', 'DELEGATION_AUDIENCE_MISMATCH'),
  ]
}

// biome-ignore format: a table, one row a check.
function rootChecks<Prefix extends HopPrefix>(prefix: Prefix): readonly CheckDefinition<RootCheckId<Prefix>>[] {
  return [
    check(`${prefix}.voucher`, 'Token carries a voucher', 'RFC-AITP-0006 §4', 'DELEGATION_INVALID_VOUCHER'),
    ...voucherTokenChecks,
    check(`${prefix}.voucher_expiry`, 'Token does not outlive its voucher', 'RFC-AITP-0006 §4', 'DELEGATION_EXPIRED'),
    check(`${prefix}.scope`, 'Scope is within the grants of the voucher', 'RFC-AITP-0006 §4', 'DELEGATION_SCOPE_EXCEEDED'),
  ]
}

function exp<Prefix extends HopPrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.exp`> {
  return check(`${prefix}.exp`, 'Token has not expired', 'RFC-AITP-0006 §4', 'DELEGATION_EXPIRED')
}

function self<Prefix extends HopPrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.self`> {
  return check(
    `${prefix}.self`,
    'Nobody delegates to himself',
    'RFC-AITP-0006 §4',
    'DELEGATION_INVALID_SIGNATURE',
  )
}

function cnf<Prefix extends HopPrefix>(prefix: Prefix): CheckDefinition<`${Prefix}.cnf`> {
  return check(
    `${prefix}.cnf`,
    'Token is bound to the key of its delegatee',
    'RFC-AITP-0001 §5.4.4',
    'DELEGATION_INVALID_SIGNATURE',
  )
}
