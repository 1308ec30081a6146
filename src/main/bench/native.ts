import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Engine, Signer } from '../../aitp/index.ts'

/** One signature that was made or checked, over these bytes. */
export type SignatureWork =
  | { readonly kind: 'sign'; readonly seed: Uint8Array; readonly message: Uint8Array }
  | {
      readonly kind: 'verify'
      readonly publicKey: Uint8Array
      readonly message: Uint8Array
      readonly signature: Uint8Array
    }

/** The same engine, noting every Ed25519 signature it is asked for. */
export function recordingEngine(engine: Engine, work: SignatureWork[]): Engine {
  return {
    ...engine,
    ed25519Signer: (seed): Signer => {
      const signer = engine.ed25519Signer(seed)
      return {
        publicKey: signer.publicKey,
        sign: (message) => {
          work.push({ kind: 'sign', seed, message })
          return signer.sign(message)
        },
      }
    },
    ed25519Verify: (publicKey, message, signature) => {
      work.push({ kind: 'verify', publicKey, message, signature })
      return engine.ed25519Verify(publicKey, message, signature)
    },
  }
}

/** The same work again with `node:crypto` alone: keys imported once, nothing checked, nothing parsed. */
export function nativeWork(work: readonly SignatureWork[]): () => void {
  const calls = work.map((item) => {
    const { message } = item
    if (item.kind === 'sign') {
      const key = privateKey(item.seed)
      return () => sign(null, message, key).length === 64
    }
    const key = publicKey(item.publicKey)
    return () => verify(null, message, key, item.signature)
  })
  return () => {
    for (const call of calls) if (!call()) throw new TypeError('a recorded signature does not verify')
  }
}

function privateKey(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function publicKey(bytes: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}
