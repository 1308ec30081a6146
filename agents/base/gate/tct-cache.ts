import type { Aitp, TctContext, VerifiedTct } from '../../../src/aitp/index.ts'
import type { TctCacheStats } from '../../../src/shared/admin.ts'

/** Verifies presented tokens, and the signature of each text only once (RFC-AITP-0005 §7.2). */
export interface TctVerifier {
  /** Throws `AitpError`. */
  verify(token: string, context: TctContext): VerifiedTct
  stats(): TctCacheStats
  /** For when this agent's key is replaced. The counts stay. */
  clear(): void
}

export function createTctVerifier(aitp: Aitp, maxEntries: number): TctVerifier {
  const cache = aitp.createVerificationCache({ maxEntries })
  let hits = 0
  let misses = 0
  const counting: typeof cache = {
    get size() {
      return cache.size
    },
    get(digest) {
      const known = cache.get(digest)
      if (known !== undefined) hits += 1
      return known
    },
    set(digest, verified) {
      misses += 1
      cache.set(digest, verified)
    },
    clear: () => cache.clear(),
  }
  return {
    verify: (token, context) => aitp.verifyTctCached(token, context, counting),
    stats: () => ({ enabled: true, hits, misses, size: cache.size }),
    clear: () => cache.clear(),
  }
}
