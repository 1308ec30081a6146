import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import type { Engine, P256Point, RsaPublicKey, Signer } from '../../engine.ts'

/** What precedes the raw key in DER. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

/** Importing a key costs about as much as using it, and an agent meets the same few peers again and again. */
const MAX_CACHED_KEYS = 512
const publicKeys = new Map<string, KeyObject>()

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The engine on `node:crypto`. */
export const nodeEngine: Engine = {
  sha256: (message) => hash(message),
  utf8Encode: (text) => encoder.encode(text),
  utf8Decode,
  ed25519Signer,
  ed25519Verify: (publicKey, message, signature) =>
    verify(null, message, cachedKey(publicKey, ed25519Spki), signature),
  p256Signer,
  p256Verify,
  p256Point,
  rs256Verify,
}

function hash(message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(message).digest())
}

function utf8Decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function ed25519Signer(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    publicKey: new Uint8Array(spki.subarray(ED25519_SPKI.length)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  }
}

function p256Signer(scalar: Uint8Array): Signer {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(scalar)
  const publicKey = new Uint8Array(pair.getPublicKey(null, 'compressed'))
  const point = p256Point(publicKey)
  if (point === undefined) throw new TypeError('the scalar has no point')
  const coordinates = { x: base64url(point.x), y: base64url(point.y) }
  const key = createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', d: base64url(scalar), ...coordinates },
    format: 'jwk',
  })
  return {
    publicKey,
    sign: (message) => new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })),
  }
}

function p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (p256Point(publicKey) === undefined) return false
  return verify(
    'sha256',
    message,
    { key: cachedKey(publicKey, p256Spki), dsaEncoding: 'ieee-p1363' },
    signature,
  )
}

function rs256Verify({ n, e }: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const jwk = { kty: 'RSA', n: base64url(n), e: base64url(e) }
    return verify('sha256', message, createPublicKey({ key: jwk, format: 'jwk' }), signature)
  } catch {
    return false
  }
}

function p256Point(publicKey: Uint8Array): P256Point | undefined {
  const tag = publicKey[0]
  if (publicKey.length !== 33 || (tag !== 2 && tag !== 3)) return undefined
  try {
    const whole = uncompressed(publicKey)
    return { x: new Uint8Array(whole.subarray(1, 33)), y: new Uint8Array(whole.subarray(33)) }
  } catch {
    return undefined
  }
}

function uncompressed(publicKey: Uint8Array): Buffer {
  const point = ECDH.convertKey(publicKey, 'prime256v1', undefined, undefined, 'uncompressed')
  return typeof point === 'string' ? Buffer.from(point, 'latin1') : point
}

function ed25519Spki(publicKey: Uint8Array): Buffer {
  return Buffer.concat([ED25519_SPKI, publicKey])
}

function p256Spki(publicKey: Uint8Array): Buffer {
  return Buffer.concat([P256_SPKI, uncompressed(publicKey)])
}

function cachedKey(publicKey: Uint8Array, spkiOf: (publicKey: Uint8Array) => Buffer): KeyObject {
  const name = Buffer.from(publicKey).toString('hex')
  const known = publicKeys.get(name)
  if (known !== undefined) return known
  const key = createPublicKey({ key: spkiOf(publicKey), format: 'der', type: 'spki' })
  const oldest = publicKeys.keys().next().value
  if (publicKeys.size >= MAX_CACHED_KEYS && oldest !== undefined) publicKeys.delete(oldest)
  publicKeys.set(name, key)
  return key
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
