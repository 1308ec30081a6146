import type { AgentKey } from '../agent-key.ts'
import { type Aid, isSameKey } from '../aid.ts'
import { listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { type CompactJws, mintJws } from '../jws.ts'
import { Ladder } from '../ladder.ts'
import type { VerifiedVoucher } from '../tct/voucher.ts'
import { thumbprint } from '../thumbprint.ts'
import { isUuid } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import { chainHash } from './chain-hash.ts'
import { delegationChecks, type HopTokenCheckId } from './checks.ts'
import type { DelegationClaims } from './claims.ts'
import { checkHopToken } from './hop.ts'

interface HopOptions {
  /** Who may act: any agent but this one. */
  readonly delegatee: Aid
  /** What it may do: at least one grant, and no more than this agent was granted. */
  readonly scope: readonly string[]
  /** Unix seconds. */
  readonly now: number
  /** Default 3600. The token never outlives what it rests on. */
  readonly ttlSecs?: number
}

/** The first hop: from a voucher. */
export interface BuildDelegationOptions extends HopOptions {
  /** What this agent was given beside its TCT. */
  readonly voucher: VerifiedVoucher
  /** A fresh version 4 UUID, only for a token that may be extended: verifiers without multi-hop refuse it. */
  readonly jti?: string
}

/** A further hop: from a delegation received. */
export interface ExtendDelegationOptions extends HopOptions {
  /** The token this agent was given, with its `jti`. */
  readonly parent: string
  /** A fresh version 4 UUID. */
  readonly jti: string
}

/** A delegation token, signed, with its claims. */
export interface IssuedDelegation {
  readonly token: CompactJws
  readonly claims: DelegationClaims
}

const DEFAULT_TTL_SECS = 3600

/** Delegates part of a TCT to another agent (RFC-AITP-0006). Only the issuer of the TCT can verify the token. */
export function buildDelegation(
  engine: Engine,
  key: AgentKey,
  { voucher, jti, ...options }: BuildDelegationOptions,
): IssuedDelegation {
  const { claims, token } = voucher
  if (claims.sub !== key.aid)
    throw new TypeError(`the voucher is that of ${claims.sub}, the key that of ${key.aid}`)
  const limits = { aud: claims.iss, scope: claims.grants, exp: claims.exp }
  const rest = { voucher: token, ...(jti === undefined ? {} : { jti }) }
  return mintHop(engine, key, limits, options, rest)
}

/** Passes a delegation on by one more hop (RFC-AITP-0011). Only for verifiers that accept chains. */
export function extendDelegation(
  engine: Engine,
  key: AgentKey,
  { parent, jti, ...options }: ExtendDelegationOptions,
): IssuedDelegation {
  const claims = readParent(engine, parent)
  if (claims.sub !== key.aid)
    throw new TypeError(`the token is that of ${claims.sub}, the key that of ${key.aid}`)
  if (claims.jti === undefined) throw new TypeError('a token without jti cannot be extended')
  const chain = [...(claims.chain ?? []), parent]
  return mintHop(engine, key, claims, options, { jti, chain, chain_hash: chainHash(engine, chain) })
}

function mintHop(
  engine: Engine,
  key: AgentKey,
  limits: Pick<DelegationClaims, 'aud' | 'scope' | 'exp'>,
  { delegatee, scope, now, ttlSecs = DEFAULT_TTL_SECS }: HopOptions,
  rest: Pick<DelegationClaims, 'voucher' | 'jti' | 'chain' | 'chain_hash'>,
): IssuedDelegation {
  if (!Number.isSafeInteger(now) || !Number.isSafeInteger(ttlSecs) || ttlSecs < 1)
    throw new TypeError('now and ttlSecs are integers in seconds')
  if (rest.jti !== undefined && !isUuid(rest.jti))
    throw new TypeError(`jti ${rest.jti} is no version 4 UUID in lowercase`)
  if (isSameKey(delegatee, key.aid))
    refuse('DELEGATION_INVALID_SIGNATURE', 'self', 'another agent', delegatee)
  const excess = scope.filter((grant) => !limits.scope.includes(grant))
  if (scope.length === 0 || excess.length > 0)
    refuse('DELEGATION_SCOPE_EXCEEDED', 'scope', `some of ${listOf(limits.scope)}`, listOf(scope))
  if (now >= limits.exp) refuse('DELEGATION_EXPIRED', 'exp', `after ${now}`, String(limits.exp))
  const claims: DelegationClaims = {
    ver: AITP_VERSION,
    iss: key.aid,
    sub: delegatee,
    aud: limits.aud,
    scope: [...scope],
    exp: Math.min(now + ttlSecs, limits.exp),
    cnf: { jkt: thumbprint(engine, delegatee) },
    ...rest,
  }
  return { token: mintJws(engine, key, 'aitp-delegation+jwt', claims), claims }
}

/** The holder cannot judge the voucher inside, but that the token is what its delegator signed it can. */
function readParent(engine: Engine, parent: string): DelegationClaims {
  const ladder: Ladder<HopTokenCheckId<'delegation'>> = new Ladder(delegationChecks, undefined)
  const terms = { selfAid: undefined, acceptsJti: true }
  return checkHopToken(engine, ladder, 'delegation', parent, terms).claims
}

function refuse(
  code: 'DELEGATION_INVALID_SIGNATURE' | 'DELEGATION_SCOPE_EXCEEDED' | 'DELEGATION_EXPIRED',
  check: 'self' | 'scope' | 'exp',
  expected: string,
  actual: string,
): never {
  throw new AitpError(code, `delegation needs ${expected}, this is ${actual}`, {
    check: `delegation.${check}`,
    expected,
    actual,
  })
}
