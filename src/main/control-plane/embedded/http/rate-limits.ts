import type { Settings } from '../settings.ts'

export type Bucket = 'enroll-ip' | 'public-ip' | 'api-key'

/** How many requests each caller has left in the current window of fixed length (control-plane.md §1.8). */
export interface RateLimits {
  /** `null` when the request may pass. */
  take(bucket: Bucket, caller: string): Excess | null
  /** Refused since the start, by bucket; only those that refused. */
  readonly drops: ReadonlyMap<Bucket, number>
}

export interface Excess {
  readonly limit: number
  /** Unix milliseconds at which the next window begins. */
  readonly resetAt: number
}

/** Callers remembered at a time; beyond that the window is begun anew for all. */
const mostCallers = 10_000

export function createRateLimits({ rateLimits }: Settings, now: () => number): RateLimits {
  const limits: Readonly<Record<Bucket, number>> = {
    'enroll-ip': rateLimits.enrollPerAddress,
    'public-ip': rateLimits.publicPerAddress,
    'api-key': rateLimits.perKey,
  }
  const drops = new Map<Bucket, number>()
  const taken = new Map<string, number>()
  let endsAt = 0
  return {
    drops,
    take(bucket, caller) {
      const limit = limits[bucket]
      if (limit === 0) return null
      if (now() >= endsAt || taken.size >= mostCallers) {
        taken.clear()
        endsAt = now() + rateLimits.windowMs
      }
      const key = `${bucket} ${caller}`
      const used = (taken.get(key) ?? 0) + 1
      taken.set(key, used)
      if (used <= limit) return null
      drops.set(bucket, (drops.get(bucket) ?? 0) + 1)
      return { limit, resetAt: endsAt }
    },
  }
}
