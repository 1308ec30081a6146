/** Remembers which nonces a token was renewed with, until it expires. A captured request then serves nobody. */
export interface RenewalStore {
  readonly size: number
  /** Looks and keeps in one step. When full it refuses new requests and forgets none that could be repeated. */
  checkAndRecord(jti: string, nonce: string, expiresAt: number, now: number): 'recorded' | 'replayed' | 'full'
}

export function createRenewalStore({ capacity }: { readonly capacity: number }): RenewalStore {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new TypeError(`capacity ${capacity} is no positive integer`)
  const expiryOf = new Map<string, number>()

  function forgetExpired(now: number): void {
    for (const [key, expiry] of expiryOf) if (expiry <= now) expiryOf.delete(key)
  }

  return {
    get size() {
      return expiryOf.size
    },
    checkAndRecord(jti, nonce, expiresAt, now) {
      const key = `${jti} ${nonce}`
      if (expiryOf.has(key)) return 'replayed'
      if (expiryOf.size >= capacity) forgetExpired(now)
      if (expiryOf.size >= capacity) return 'full'
      expiryOf.set(key, expiresAt)
      return 'recorded'
    },
  }
}
