import { type Aid, type AidAlgorithm, aidOf } from './aid.ts'
import type { Compat } from './compat.ts'
import type { Engine, Signer } from './engine.ts'
import { withLowS } from './low-s.ts'

/** An agent's own key. It signs and says who it is; the secret cannot be reached through it. */
export interface AgentKey {
  readonly aid: Aid
  readonly algorithm: AidAlgorithm
  readonly publicKey: Uint8Array
  /** Whether its signatures in JSON objects have the prehashed form of P-256. */
  readonly emitsPrehashed: boolean
  /** Ed25519 as in RFC 8032, or ECDSA with SHA-256 as raw R‖S with low S. */
  sign(message: Uint8Array): Uint8Array
  /** The AID only, so that a key that strays into a log says nothing. */
  toJSON(): { readonly aid: Aid }
}

/** The Ed25519 key of a 32-byte seed. */
export function agentKey(engine: Engine, seed: Uint8Array): AgentKey {
  requireLength(seed)
  const signer = engine.ed25519Signer(seed)
  return fromSigner(engine, { algorithm: 'ed25519', emitsPrehashed: false }, signer, (message) =>
    signer.sign(message),
  )
}

/** The P-256 key of a 32-byte scalar d, 1 ≤ d < n. */
export function p256AgentKey(
  engine: Engine,
  scalar: Uint8Array,
  { emitPrehashedP256 = false }: Pick<Compat, 'emitPrehashedP256'> = {},
): AgentKey {
  requireLength(scalar)
  const signer = engine.p256Signer(scalar)
  const form = { algorithm: 'p256', emitsPrehashed: emitPrehashedP256 } as const
  return fromSigner(engine, form, signer, (message) => withLowS(signer.sign(message)))
}

function fromSigner(
  engine: Engine,
  form: Pick<AgentKey, 'algorithm' | 'emitsPrehashed'>,
  signer: Signer,
  sign: AgentKey['sign'],
): AgentKey {
  const aid = aidOf(engine, form.algorithm, signer.publicKey)
  return Object.freeze({ aid, ...form, publicKey: signer.publicKey, sign, toJSON: () => ({ aid }) })
}

function requireLength(secret: Uint8Array): void {
  if (secret.length !== 32) throw new TypeError(`a secret has 32 bytes, not ${secret.length}`)
}
