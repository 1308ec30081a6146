/**
 * Remembers the challenges this agent has sent and not yet seen answered. Each can be answered once. Those of one token
 * have a share of their own, so that who asks and never answers takes no room from others.
 */
export interface ChallengeStore {
  readonly size: number
  /** Keeps a challenge. `false` when there is no room for it. */
  add(jti: string, nonce: string, now: number): boolean
  /** The nonces that wait for the holder of this token. */
  outstanding(jti: string, now: number): readonly string[]
  /** Takes the challenge out, so that no second answer to it is accepted. `false` when it is not there. */
  consume(jti: string, nonce: string, now: number): boolean
}

/** The bounds of a challenge store. */
export interface ChallengeStoreOptions {
  /** Most challenges waiting at a time. When full, new ones are refused and none of another token is forgotten. */
  readonly capacity: number
  /** Most challenges waiting for one token; the oldest gives way. Default 8. */
  readonly perToken?: number
  /** How long an answer may take, in seconds. Default 60, at most 300. */
  readonly lifetimeSecs?: number
}

const DEFAULT_LIFETIME_SECS = 60
const MAX_LIFETIME_SECS = 300
const DEFAULT_PER_TOKEN = 8

export function createChallengeStore({
  capacity,
  lifetimeSecs = DEFAULT_LIFETIME_SECS,
  perToken = DEFAULT_PER_TOKEN,
}: ChallengeStoreOptions): ChallengeStore {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new TypeError(`capacity ${capacity} is no positive integer`)
  if (!Number.isSafeInteger(perToken) || perToken < 1)
    throw new TypeError(`perToken ${perToken} is no positive integer`)
  if (!(lifetimeSecs >= 1 && lifetimeSecs <= MAX_LIFETIME_SECS))
    throw new TypeError(`a challenge lives 1 to ${MAX_LIFETIME_SECS} s`)
  /** In the order in which they were sent, which is that of their expiry. */
  const waiting = new Map<string, { readonly jti: string; readonly nonce: string; readonly until: number }>()

  function forgetExpired(now: number): void {
    for (const [key, { until }] of waiting) {
      if (until >= now) return
      waiting.delete(key)
    }
  }

  return {
    get size() {
      return waiting.size
    },
    add(jti, nonce, now) {
      forgetExpired(now)
      const own = [...waiting].filter(([, each]) => each.jti === jti)
      const [oldest] = own[0] ?? []
      if (own.length >= perToken && oldest !== undefined) waiting.delete(oldest)
      if (waiting.size >= capacity) return false
      waiting.set(`${jti} ${nonce}`, { jti, nonce, until: now + lifetimeSecs })
      return true
    },
    outstanding(jti, now) {
      forgetExpired(now)
      return [...waiting.values()].flatMap((each) => (each.jti === jti ? [each.nonce] : []))
    },
    consume(jti, nonce, now) {
      forgetExpired(now)
      return waiting.delete(`${jti} ${nonce}`)
    },
  }
}
