/** An affine P-256 point: two coordinates of 32 bytes, big-endian. */
export interface P256Point {
  readonly x: Uint8Array
  readonly y: Uint8Array
}

/** An RSA public key: two big-endian numbers without leading zeros. */
export interface RsaPublicKey {
  readonly n: Uint8Array
  readonly e: Uint8Array
}

/** A private key that can sign and be asked for its public half, and nothing else. */
export interface Signer {
  /** Ed25519: the 32-byte key. P-256: the 33-byte SEC1 compressed point. */
  readonly publicKey: Uint8Array
  /** Ed25519: RFC 8032 over the message. P-256: ECDSA with SHA-256 over the message, raw R‖S, S not normalised. */
  sign(message: Uint8Array): Uint8Array
}

/** What is worth keeping about an AID that has been parsed: agents meet the same few peers again and again. */
export interface KnownKey {
  readonly algorithm: 'ed25519' | 'p256'
  readonly bytes: Uint8Array
  /** RFC 7638 thumbprint, once it was asked for. */
  thumbprint?: string
}

/** Bounded, and part of one bound library, never of the module. */
export interface KnownKeys {
  get(aid: string): KnownKey | undefined
  set(aid: string, key: KnownKey): void
}

/**
 * The primitives the language alone does not have. Bound once per entry point with `createAitp(engine)`.
 * An engine does the mathematics; every rule of strictness (encodings, small order, low S) is applied above it.
 */
export interface Engine {
  sha256(message: Uint8Array): Uint8Array
  utf8Encode(text: string): Uint8Array
  /** The text of well-formed UTF-8, `undefined` for anything else. A byte order mark is kept. */
  utf8Decode(bytes: Uint8Array): string | undefined
  ed25519Signer(seed: Uint8Array): Signer
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  p256Signer(scalar: Uint8Array): Signer
  p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** Keys met before. `createAitp` adds it; an engine brings none. */
  readonly knownKeys?: KnownKeys
  /**
   * RSASSA-PKCS1-v1_5 with SHA-256 under the big-endian modulus and exponent of a JWK. Only for the identity tokens of
   * OIDC issuers; an engine without it refuses those signed so.
   */
  rs256Verify?(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean
  /** The point of a SEC1 compressed key, `undefined` when X is not on the curve. */
  p256Point(publicKey: Uint8Array): P256Point | undefined
}
