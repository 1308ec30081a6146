import type { Aid, VerifiedRevocationList } from '../../../src/aitp/index.ts'
import type { RevocationPosture } from '../../../src/shared/admin.ts'

/** Whose list names a token: this agent's own, or the snapshot of the Control Plane. */
export type DenySource = 'local' | 'cp-snapshot'

export type FailMode = 'fail_closed' | 'soft_fail'

export interface Freshness {
  readonly posture: RevocationPosture
  /** Why the posture is what it is. */
  readonly reason: string
  /** Why nothing is served now; `null` when it is. */
  readonly refusal: string | null
}

/** How the revocation of one class of tokens is judged. */
export interface RevocationJudge {
  /** Whether anything depends on how recent the Control Plane's list is. */
  readonly countsFreshness: boolean
  /** Who has revoked the token, or one that it comes from; `null` when nobody is known to have. */
  denies(jti: string): DenySource | null
  /** Whether what is known is recent enough to serve by. */
  freshness(): Freshness
  /** As `freshness`, for a call that is being decided: what is served in spite of a stale list is counted and told. */
  admit(): Freshness
}

/** What is known from the Control Plane, replaced as a whole. */
export interface Snapshot {
  current: VerifiedRevocationList | null
}

export interface RevocationConfig {
  /** Who must have signed the list; `null` and no list is used. */
  readonly issuer: Aid | null
  /** `null` where nobody chose: then own tokens are judged without any list. */
  readonly failMode: FailMode | null
  readonly maxStalenessSecs: number
  /** Somebody set how old a list may be, and so means it: without a fail mode this refuses redemptions by an older one. */
  readonly refusesStale: boolean
}
