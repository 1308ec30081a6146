import type { HandshakeParty } from './party.ts'

/** A party must speak with the key its manifest shows. */
export function requireOwnManifest({ key, manifest }: HandshakeParty): void {
  if (manifest.aid !== key.aid)
    throw new TypeError(`the manifest is that of ${manifest.aid}, the key that of ${key.aid}`)
}
