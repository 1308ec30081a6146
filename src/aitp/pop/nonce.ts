import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import { signatureFault, signDigest } from '../signature.ts'

/** The 16 bytes of a nonce: what is hashed and signed, never its text. */
export function nonceBytes(nonce: string): Uint8Array {
  const bytes = decodeBase64url(nonce)
  // Never signs anything but 16 bytes: a longer "nonce" could be the signing input of something else.
  if (bytes?.length !== 16) throw new TypeError('a nonce has 16 bytes')
  return bytes
}

/** Proves possession of the key by signing a nonce of 22 characters (RFC-AITP-0001 §5.4.2). */
export function signNonce(engine: Engine, key: AgentKey, nonce: string): string {
  return signDigest(engine, key, nonceBytes(nonce))
}

/** What is wrong with a signature over a nonce, `undefined` when it verifies. */
export function nonceSignatureFault(
  engine: Engine,
  signer: Aid,
  nonce: string,
  signature: string,
  compat?: Compat,
): string | undefined {
  const bytes = decodeBase64url(nonce)
  if (bytes?.length !== 16) return 'the nonce has not 16 bytes'
  return signatureFault(engine, signer, bytes, signature, compat)
}
