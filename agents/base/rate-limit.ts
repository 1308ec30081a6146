/** How often each key may come in any span of the window's length; what is turned away does not count. */
export interface RateLimit {
  /** 0 when the key may, else the seconds after which it may again. */
  admit(key: string, nowMs: number): number
}

export interface RateLimitOptions {
  readonly most: number
  readonly windowMs: number
  /** Most keys that are told apart; the one that came longest ago is forgotten first. */
  readonly mostKeys: number
}

/** No library: the common ones count by fixed windows, of which two together let twice as many through. */
export function createRateLimit({ most, windowMs, mostKeys }: RateLimitOptions): RateLimit {
  const arrivals = new Map<string, number[]>()
  return {
    admit(key, nowMs) {
      const recent = (arrivals.get(key) ?? []).filter((at) => at > nowMs - windowMs)
      const [first = nowMs] = recent
      if (recent.length >= most) return Math.max(1, Math.ceil((first + windowMs - nowMs) / 1_000))
      arrivals.delete(key)
      arrivals.set(key, [...recent, nowMs])
      const [oldest] = arrivals.keys()
      if (arrivals.size > mostKeys && oldest !== undefined) arrivals.delete(oldest)
      return 0
    },
  }
}
