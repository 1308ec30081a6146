/**
 * Remembers the nonces a holder renewed with, for as long as a token of this issuer can live. A captured request, or
 * another proof over sixteen bytes such as the one in a manifest, then serves at most once.
 */
export interface RenewalStore {
  readonly size: number
  /** Looks and keeps in one step. When full it refuses new requests and forgets none that could be repeated. */
  checkAndRecord(
    holder: string,
    nonce: string,
    expiresAt: number,
    now: number,
  ): 'recorded' | 'replayed' | 'full'
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
    checkAndRecord(holder, nonce, expiresAt, now) {
      const key = `${holder} ${nonce}`
      if (expiryOf.has(key)) return 'replayed'
      if (expiryOf.size >= capacity) forgetExpired(now)
      if (expiryOf.size >= capacity) return 'full'
      expiryOf.set(key, expiresAt)
      return 'recorded'
    },
  }
}
