import { encodeBase64url } from '../base64url.ts'
import { asciiBytes } from '../bytes.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'

/**
 * The commitment of a token to the chain before it: the digest of the canonical array of the digests of the tokens as
 * sent (RFC-AITP-0011 §5). 43 characters.
 */
export function chainHash(engine: Engine, chain: readonly string[]): string {
  const digests = chain.map((token) => encodeBase64url(engine.sha256(engine.utf8Encode(token))))
  return encodeBase64url(engine.sha256(asciiBytes(canonicalize(digests))))
}
