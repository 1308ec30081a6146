import type { DatabaseSync } from 'node:sqlite'
import type { Context } from '../context.ts'
import { Refusal } from '../refusal.ts'

/** Every revocation ever recorded, signed (control-plane.md §8.3). */
export interface RevocationList {
  /** The list as it is served. Throws `STORAGE_UNAVAILABLE` when there is none that could be vouched for. */
  current(): string
  /** The next reader gets a list that is signed anew. */
  drop(): void
}

const millisecond = 1000

/**
 * Signs at most once in a while, and holds what it signed to what verifiers demand. When the entries cannot be read, or
 * make no list that verifies, the last good list is served for as long as it has not
 * expired, and never an empty one: that would give every revoked token back (D-12).
 */
export function createRevocationList(
  { aitp, identity, settings, now, log }: Context,
  database: DatabaseSync,
): RevocationList {
  const select = database.prepare('SELECT * FROM revocation_entries ORDER BY revoked_at, jti')
  const { ttlSecs, cacheMs } = settings.revocationList
  let served: { readonly text: string; readonly signedAt: number; readonly expiresAt: number } | null = null
  let isDropped = true

  function sign(): string {
    const publishedAt = Math.floor(now() / millisecond)
    const { text } = aitp.buildRevocationList(identity.key, {
      entries: select.all().map((row) => ({
        jti: String(row['jti']),
        revoked_at: Math.min(Math.max(Math.floor(Number(row['revoked_at']) / millisecond), 0), publishedAt),
        ...(row['reason'] === null ? {} : { reason: String(row['reason']) }),
      })),
      publishedAt,
      ttlSecs,
    })
    aitp.verifyRevocationList(text, { now: publishedAt, expectedIssuer: identity.key.aid })
    served = { text, signedAt: now(), expiresAt: (publishedAt + ttlSecs) * millisecond }
    isDropped = false
    return text
  }

  return {
    current() {
      if (served !== null && !isDropped && now() < served.signedAt + cacheMs) return served.text
      try {
        return sign()
      } catch (err) {
        log.error({ err }, 'the revocation list could not be signed anew')
        if (served !== null && now() < served.expiresAt) return served.text
        throw new Refusal('STORAGE_UNAVAILABLE', 'The revocation list cannot be read.', { cause: err })
      }
    },
    drop() {
      isDropped = true
    },
  }
}
