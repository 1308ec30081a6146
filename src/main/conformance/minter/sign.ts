import type { AgentKey } from '../../../aitp/index.ts'
import { type KeyRing, toBase64url } from './keys.ts'

/** A signature of the JCS profile over `input`: its digest is the message, and only P-256 is tagged. */
export function signInput(ring: KeyRing, key: AgentKey, input: string | Uint8Array): string {
  return asMember(key, key.sign(ring.sha256(input)))
}

export function signTampered(ring: KeyRing, key: AgentKey, input: string | Uint8Array): string {
  return asMember(key, tampered(key.sign(ring.sha256(input))))
}

/** The same signature with one bit of its last byte turned over. */
export function tampered(signature: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(signature)
  changed[63] = (changed[63] ?? 0) ^ 1
  return changed
}

function asMember(key: AgentKey, signature: Uint8Array): string {
  return `${key.algorithm === 'p256' ? 'p256.' : ''}${toBase64url(signature)}`
}
