import type { Aid } from '../aid.ts'
import { AitpError } from '../errors.ts'
import type { VerifiedManifest } from './document.ts'

/** Manifests of peers, each verified before it came in, never given out once expired. */
export interface ManifestCache {
  readonly size: number
  /** The manifest of an agent, `undefined` when there is none that is still valid. */
  get(aid: Aid, now: number): VerifiedManifest | undefined
  /** Offers a verified manifest; only one published later replaces another. Returns the one that counts. */
  offer(manifest: VerifiedManifest, now: number): VerifiedManifest
  /** Remembers for 30 s that nothing was to be had here. */
  noteMissing(url: string, now: number): void
  isMissing(url: string, now: number): boolean
}

/** The bounds of a manifest cache. */
export interface ManifestCacheOptions {
  /** Most manifests kept; the one kept longest goes first. */
  readonly capacity: number
}

const NEGATIVE_TTL_SECS = 30

export function createManifestCache({ capacity }: ManifestCacheOptions): ManifestCache {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new TypeError(`capacity ${capacity} is no positive integer`)
  const manifests = new Map<string, VerifiedManifest>()
  const missing = new Map<string, number>()

  function get(aid: Aid, now: number): VerifiedManifest | undefined {
    const known = manifests.get(cacheKey(aid))
    if (known === undefined || now < known.expiresAt) return known
    manifests.delete(cacheKey(aid))
    return undefined
  }

  return {
    get size() {
      return manifests.size
    },
    get,
    offer(manifest, now) {
      const kept = newerManifest(get(manifest.aid, now), manifest)
      manifests.set(cacheKey(kept.aid), kept)
      dropOldest(manifests, capacity)
      return kept
    },
    noteMissing(url, now) {
      missing.set(url, now + NEGATIVE_TTL_SECS)
      dropOldest(missing, capacity)
    },
    isMissing(url, now) {
      return now < (missing.get(url) ?? 0)
    },
  }
}

/** Of two manifests of one agent the one that counts: another must be strictly newer to replace the known one. */
export function newerManifest(
  known: VerifiedManifest | undefined,
  other: VerifiedManifest,
): VerifiedManifest {
  return known === undefined || other.publishedAt > known.publishedAt ? other : known
}

/** Where a manifest of one peer may come from; each was verified. */
export interface PeerManifestSources {
  /** Unix seconds. */
  readonly now: number
  readonly cached?: VerifiedManifest | undefined
  /** From the handshake at hand. */
  readonly inline?: VerifiedManifest | undefined
  readonly fetched?: VerifiedManifest | undefined
}

/**
 * The manifest of a peer in the order of RFC-AITP-0002: cache, then inline, which replaces it when newer, then the
 * well-known address. No mode lets an expired one serve. Throws `AitpError` with `KEY_RESOLUTION_FAILED`.
 */
export function resolvePeerManifest({ now, cached, inline, fetched }: PeerManifestSources): VerifiedManifest {
  const valid = [cached, inline].filter((each) => each !== undefined && now < each.expiresAt)
  const [first, second] = valid
  const known = second === undefined ? first : newerManifest(first, second)
  const found = known ?? (fetched !== undefined && now < fetched.expiresAt ? fetched : undefined)
  if (found !== undefined) return found
  throw new AitpError('KEY_RESOLUTION_FAILED', 'no valid manifest of the peer is to be had')
}

/** One entry a key, whichever textual form its AID has. */
function cacheKey(aid: Aid): string {
  return aid.replace(':ed25519:', ':')
}

function dropOldest(map: Map<string, unknown>, capacity: number): void {
  const oldest = map.keys().next().value
  if (map.size > capacity && oldest !== undefined) map.delete(oldest)
}
