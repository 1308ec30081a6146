import type { TctClaims } from '../tct/claims.ts'
import type { VerifiedManifest } from './document.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** How long a manifest of this life should stand before it is published anew, in seconds. */
export function refreshIntervalSecs(lifetimeSecs: number): number {
  if (lifetimeSecs <= HOUR) return Math.min(HOUR / 2, Math.floor(lifetimeSecs / 2))
  if (lifetimeSecs <= DAY) return Math.min(DAY / 2, Math.floor(lifetimeSecs / 2))
  return Math.min(3 * DAY, Math.floor(lifetimeSecs / 2))
}

/** Whether an agent should publish its manifest anew: same key, new `published_at`. */
export function isRefreshDue(
  { publishedAt, expiresAt }: Pick<VerifiedManifest, 'publishedAt' | 'expiresAt'>,
  now: number,
): boolean {
  return now - publishedAt >= refreshIntervalSecs(expiresAt - publishedAt)
}

/** Whether a holder should renew a token: less than a fifth of its life is left. */
export function isRenewalDue({ iat, exp }: Pick<TctClaims, 'iat' | 'exp'>, now: number): boolean {
  return exp - now < (exp - iat) / 5
}

/**
 * Until when an agent that has changed its key keeps the old one: as long as a token signed with it lives, a
 * delegation may still come in whose voucher only the old key verifies. Unix seconds; now when there is none.
 */
export function keyRetirementTime(issued: readonly Pick<TctClaims, 'exp'>[], now: number): number {
  return Math.max(now, ...issued.map(({ exp }) => exp))
}

/** The `expires_at` of the last manifest under a compromised key: every token of it ends with it. */
export function finalManifestExpiry(now: number): number {
  return now + 300
}
