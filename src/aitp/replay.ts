/** What became of a message id: kept as new, known already, or refused because the store has no room. */
export type ReplayVerdict = 'recorded' | 'replayed' | 'full'

/** Remembers message ids for longer than their envelopes can be accepted. */
export interface ReplayStore {
  readonly size: number
  /** Whether the id was seen, without keeping it: before the signature is verified an id proves nothing. */
  has(sender: string, messageId: string, now: number): boolean
  /** Looks and keeps in one step. When full it refuses new ids and forgets none that is still alive. */
  checkAndRecord(sender: string, messageId: string, now: number): ReplayVerdict
}

/** The bounds of a replay store. */
export interface ReplayStoreOptions {
  /** Most ids kept at a time. */
  readonly capacity: number
  /** A message stamped 300 s ahead is acceptable for 600 s, so no less than that. */
  readonly retentionSecs?: number
}

const LEAST_RETENTION_SECS = 600

export function createReplayStore({
  capacity,
  retentionSecs = LEAST_RETENTION_SECS,
}: ReplayStoreOptions): ReplayStore {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new TypeError(`capacity ${capacity} is no positive integer`)
  if (!(retentionSecs >= LEAST_RETENTION_SECS))
    throw new TypeError(`retention is at least ${LEAST_RETENTION_SECS} s`)
  /** Insertion order is order of expiry, as each entry lives equally long. */
  const expiryOf = new Map<string, number>()

  function forgetExpired(now: number): void {
    for (const [key, expiry] of expiryOf) {
      if (expiry > now) return
      expiryOf.delete(key)
    }
  }

  return {
    get size() {
      return expiryOf.size
    },
    has(sender, messageId, now) {
      forgetExpired(now)
      return expiryOf.has(`${sender} ${messageId}`)
    },
    checkAndRecord(sender, messageId, now) {
      forgetExpired(now)
      const key = `${sender} ${messageId}`
      if (expiryOf.has(key)) return 'replayed'
      if (expiryOf.size >= capacity) return 'full'
      expiryOf.set(key, now + retentionSecs)
      return 'recorded'
    },
  }
}
