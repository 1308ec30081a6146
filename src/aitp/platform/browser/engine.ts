import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { Engine, P256Point, Signer } from '../../engine.ts'

const { Point } = ed25519

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Reading a point off the curve costs a square root, and a page meets the same few peers again and again. */
const MAX_CACHED_POINTS = 512
const points = new Map<string, InstanceType<typeof Point>>()

/**
 * The engine without a runtime’s cryptography, for a browser. Same verdicts as that on `node:crypto`. The packages
 * beneath blind secret scalars with random numbers; no result depends on them.
 */
export const browserEngine: Engine = {
  sha256: (message) => sha256(message),
  utf8Encode: (text) => encoder.encode(text),
  utf8Decode,
  ed25519Signer,
  ed25519Verify,
  p256Signer,
  p256Verify,
  p256Point,
}

function utf8Decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function ed25519Signer(seed: Uint8Array): Signer {
  const secret = Uint8Array.from(seed)
  return { publicKey: ed25519.getPublicKey(secret), sign: (message) => ed25519.sign(message, secret) }
}

/**
 * [S]B = R + [k]A without the cofactor, as OpenSSL has it: noble's own `verify` multiplies by eight and so accepts
 * signatures that `node:crypto` refuses. R is compared as it was sent.
 */
function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  const key = cachedPoint(publicKey)
  const s = littleEndian(signature.subarray(32))
  if (key === undefined || s >= Point.Fn.ORDER) return false
  const r = signature.subarray(0, 32)
  const k = littleEndian(sha512.create().update(r).update(publicKey).update(message).digest())
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(Point.Fn.create(k)))
  return expected.toBytes().every((byte, index) => byte === r[index])
}

function cachedPoint(publicKey: Uint8Array): InstanceType<typeof Point> | undefined {
  const name = publicKey.join()
  const known = points.get(name)
  if (known !== undefined) return known
  const point = readPoint(publicKey)
  if (point === undefined) return undefined
  const oldest = points.keys().next().value
  if (points.size >= MAX_CACHED_POINTS && oldest !== undefined) points.delete(oldest)
  points.set(name, point)
  return point
}

function readPoint(publicKey: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(publicKey)
  } catch {
    return undefined
  }
}

function p256Signer(scalar: Uint8Array): Signer {
  const secret = Uint8Array.from(scalar)
  return {
    publicKey: p256.getPublicKey(secret, true),
    sign: (message) => p256.sign(message, secret, { lowS: false }),
  }
}

function p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || p256Point(publicKey) === undefined) return false
  return p256.verify(signature, message, publicKey, { lowS: false })
}

function p256Point(publicKey: Uint8Array): P256Point | undefined {
  const tag = publicKey[0]
  if (publicKey.length !== 33 || (tag !== 2 && tag !== 3)) return undefined
  try {
    const whole = p256.Point.fromBytes(publicKey).toBytes(false)
    return { x: whole.slice(1, 33), y: whole.slice(33) }
  } catch {
    return undefined
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
