import type { VerifiedRevocationList } from './document.ts'

/** The oldest a snapshot may be unless the policy says otherwise. */
export const DEFAULT_MAX_STALENESS_SECS = 300
const MAX_CLOCK_SKEW_SECS = 300

type Times = Pick<VerifiedRevocationList, 'publishedAt' | 'expiresAt'>

export function isExpired({ expiresAt }: Pick<Times, 'expiresAt'>, now: number): boolean {
  return now >= expiresAt
}

/** Whether the age of a snapshot is neither beyond the limit nor negative by more than clocks may differ. */
export function hasAcceptableAge(
  { publishedAt }: Pick<Times, 'publishedAt'>,
  now: number,
  maxStalenessSecs: number = DEFAULT_MAX_STALENESS_SECS,
): boolean {
  return publishedAt - now <= MAX_CLOCK_SKEW_SECS && now - publishedAt <= maxStalenessSecs
}

/** Why a snapshot counts as none at this moment, `undefined` when it may be used. */
export function unusableReason(
  times: Times,
  now: number,
  maxStalenessSecs: number = DEFAULT_MAX_STALENESS_SECS,
): string | undefined {
  if (isExpired(times, now)) return `snapshot expired at ${times.expiresAt}`
  if (hasAcceptableAge(times, now, maxStalenessSecs)) return undefined
  return `snapshot is ${now - times.publishedAt} s old, at most ${maxStalenessSecs} s may be`
}
