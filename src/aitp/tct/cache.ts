import { toHex } from '../bytes.ts'
import type { Engine } from '../engine.ts'
import { Ladder } from '../ladder.ts'
import {
  checkTctStanding,
  checkTctUse,
  type TctCheckId,
  type TctContext,
  tctChecks,
  type VerifiedTct,
  verifyTct,
} from './verify.ts'

/** Tokens whose signature has verified. Refusals are never kept. */
export interface VerificationCache {
  readonly size: number
  get(digest: string): VerifiedTct | undefined
  set(digest: string, verified: VerifiedTct): void
  clear(): void
}

/** First in, first out, at most so many. */
export function createVerificationCache({ maxEntries }: { readonly maxEntries: number }): VerificationCache {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1)
    throw new TypeError(`maxEntries ${maxEntries} is no positive integer`)
  const entries = new Map<string, VerifiedTct>()
  return {
    get size() {
      return entries.size
    },
    get: (digest) => entries.get(digest),
    set(digest, verified) {
      const oldest = entries.keys().next().value
      if (entries.size >= maxEntries && !entries.has(digest) && oldest !== undefined) entries.delete(oldest)
      entries.set(digest, verified)
    },
    clear: () => entries.clear(),
  }
}

/**
 * As `verifyTct`, but a token known by the digest of its text is not decoded and its signature not verified again.
 * Whatever depends on the context or the clock is: parties, times, the issuer's manifest, revocation, required grant.
 */
export function verifyTctCached(
  engine: Engine,
  token: string,
  context: TctContext,
  cache: VerificationCache,
): VerifiedTct {
  const digest = toHex(engine.sha256(engine.utf8Encode(token)))
  const known = cache.get(digest)
  if (known === undefined) {
    const verified = verifyTct(engine, token, context)
    cache.set(digest, verified)
    return verified
  }
  const ladder: Ladder<TctCheckId> = new Ladder(tctChecks, context.collector)
  for (const id of ['structure', 'typ', 'signer', 'alg', 'signature', 'claims', 'ver'] as const)
    ladder.pass(`tct.${id}`, () => ({ actual: 'verified before' }))
  checkTctStanding(engine, ladder, known.claims, context)
  const grants = checkTctUse(ladder, known.claims, context)
  return { ...known, grants }
}
