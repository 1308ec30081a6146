import type { AgentKey } from './agent-key.ts'
import { type Aid, type AidAlgorithm, type AidKey, aidKey } from './aid.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import type { Compat } from './compat.ts'
import { passesEd25519Precheck } from './ed25519-precheck.ts'
import type { Engine } from './engine.ts'
import { hasLowS } from './low-s.ts'

const FORM = /^(?:(ed25519|p256)\.)?([A-Za-z0-9_-]{86})$/

/** Verifies a signature by an AID over a message, with every strictness rule applied. */
export function verifyRaw(engine: Engine, key: AidKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  if (key.algorithm === 'p256') return hasLowS(signature) && engine.p256Verify(key.bytes, message, signature)
  return passesEd25519Precheck(key.bytes, signature) && engine.ed25519Verify(key.bytes, message, signature)
}

/**
 * Signs as JSON members carry it: the SHA-256 of the input is the message; only P-256 is tagged. The prehashed form
 * takes that digest for the one of ECDSA-SHA256 itself, which makes the input the message.
 */
export function signDigest(engine: Engine, key: AgentKey, input: Uint8Array): string {
  const text = encodeBase64url(key.sign(key.emitsPrehashed ? input : engine.sha256(input)))
  return key.algorithm === 'p256' ? `p256.${text}` : text
}

/**
 * What is wrong with a signature member over `input` by `signer`, `undefined` when it verifies. With P-256 the digest
 * is the message of ECDSA-SHA256, so it is hashed a second time; that is the form on the wire.
 */
export function signatureFault(
  engine: Engine,
  signer: Aid,
  input: Uint8Array,
  text: string,
  { acceptPrehashedP256 = false }: Pick<Compat, 'acceptPrehashedP256'> = {},
): string | undefined {
  const key = aidKey(signer, engine)
  const [, tag, encoded] = FORM.exec(text) ?? []
  if (encoded === undefined) return 'not of the form [ed25519.|p256.]86 characters of base64url'
  const algorithm: AidAlgorithm = tag === 'p256' ? 'p256' : 'ed25519'
  if (algorithm !== key.algorithm) return 'its algorithm is not that of the AID'
  const signature = decodeBase64url(encoded)
  if (signature === undefined) return 'base64url with unused bits that are not zero'
  if (verifyRaw(engine, key, engine.sha256(input), signature)) return undefined
  const isPrehashed = acceptPrehashedP256 && algorithm === 'p256' && verifyRaw(engine, key, input, signature)
  return isPrehashed ? undefined : 'does not verify'
}
