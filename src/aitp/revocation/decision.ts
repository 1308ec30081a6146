import { type Aid, isSameKey } from '../aid.ts'
import type { VerifiedRevocationList } from './document.ts'
import { unusableReason } from './freshness.ts'

/** What happens to a token when no revocation snapshot of its issuer can be used (RFC-AITP-0008 §3.1). */
export type RevocationFailMode = 'fail_closed' | 'fail_open' | 'soft_fail'

/** How strictly revocation is taken where no snapshot can be used. */
export interface RevocationPolicy {
  readonly mode: RevocationFailMode
  /** How old a snapshot may be, in seconds. Default 300. */
  readonly maxStalenessSecs?: number | undefined
  /** What `soft_fail` leaves of the grants. Without any it acts as `fail_closed`. */
  readonly safeGrants?: readonly string[] | undefined
}

/**
 * `clear`: not listed. `unchecked`: nobody could say, and the policy accepts that. `narrowed`: nobody could say, and
 * only these grants stand. `revoked`: listed, or nobody could say under `fail_closed`.
 */
export type RevocationDecision =
  | {
      readonly outcome: 'clear' | 'unchecked' | 'narrowed'
      readonly grants: readonly string[]
      readonly reason: string
    }
  | { readonly outcome: 'revoked'; readonly reason: string }

/** Decides about one token. Called only after its signature has verified, so it may be backed by a fetched list. */
export type RevocationSource = (jti: string, issuer: Aid, grants: readonly string[]) => RevocationDecision

/** The token a decision is asked for. */
export interface RevocationQuestion {
  readonly jti: string
  /** Who issued the token: the snapshot of another says nothing about it. Leave out only where that was seen to. */
  readonly issuer?: Aid | undefined
  /** The grants of the token in question. */
  readonly grants: readonly string[]
  /** Unix seconds. */
  readonly now: number
}

/**
 * The decision about one token by the newest snapshot of its issuer; `null` when there is none. A snapshot that has
 * expired, is older than the policy allows or comes from the future counts as none.
 */
export function decideRevocation(
  policy: RevocationPolicy,
  snapshot: VerifiedRevocationList | null,
  { jti, issuer, grants, now }: RevocationQuestion,
): RevocationDecision {
  const unusable =
    snapshot === null
      ? 'no snapshot'
      : issuer !== undefined && !isSameKey(issuer, snapshot.issuer)
        ? `a snapshot of ${snapshot.issuer}`
        : (snapshot.unusable ?? unusableReason(snapshot, now, policy.maxStalenessSecs))
  if (snapshot !== null && unusable === undefined) {
    return snapshot.revoked.has(jti)
      ? { outcome: 'revoked', reason: `${jti} is listed` }
      : { outcome: 'clear', grants, reason: `${jti} is not listed` }
  }
  const reason = `${unusable}, ${policy.mode}`
  const safe = policy.safeGrants ?? []
  if (policy.mode === 'fail_open') return { outcome: 'unchecked', grants, reason }
  if (policy.mode === 'fail_closed' || safe.length === 0) return { outcome: 'revoked', reason }
  return { outcome: 'narrowed', grants: grants.filter((grant) => safe.includes(grant)), reason }
}

/** Where a verifier asks about revocation. With neither the check is skipped. */
export interface RevocationTerms {
  /** An issuer's own table, asked about its own tokens. */
  readonly isRevoked?: ((jti: string, issuer: Aid) => boolean) | undefined
  /** Instead of `isRevoked`, for tokens of others: may also narrow the grants. */
  readonly revocation?: RevocationSource | undefined
}

/** The answer of whichever source the terms name, `undefined` when they name none. */
export function askRevocation(
  { revocation, isRevoked }: RevocationTerms,
  jti: string,
  issuer: Aid,
  grants: readonly string[],
): RevocationDecision | undefined {
  if (revocation !== undefined) return revocation(jti, issuer, grants)
  if (isRevoked === undefined) return undefined
  return isRevoked(jti, issuer)
    ? { outcome: 'revoked', reason: `${jti} is listed` }
    : { outcome: 'clear', grants, reason: `${jti} is not listed` }
}
