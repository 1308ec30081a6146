import type { Aid, VerifiedManifest } from '../../aitp/index.ts'

/**
 * Stands in for a manifest of which a fixture tells only whose it is and when it expires. A real agent has verified
 * the whole of it before; nothing outside the conformance suite may do without.
 */
export function manifestExpiringAt(aid: Aid, expiresAt: number): VerifiedManifest {
  return { aid, body: { aid }, publishedAt: 0, expiresAt } as unknown as VerifiedManifest
}
