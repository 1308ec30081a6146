import { decodeBase64url } from '../base64url.ts'
import { passesEd25519Precheck } from '../ed25519-precheck.ts'
import type { Engine } from '../engine.ts'
import { isJsonObject, type JsonValue, parseStrictJson } from '../strict-json.ts'

/** The algorithms an issuer may sign identity tokens with. Symmetric ones and `none` are not among them. */
export const identityTokenAlgorithms = ['EdDSA', 'ES256', 'RS256'] as const
/** An `alg` of an identity token. */
export type IdentityTokenAlgorithm = (typeof identityTokenAlgorithms)[number]

/** A public key of an OIDC issuer, as its JWKS has it (RFC 7517). Other members are ignored. */
export interface Jwk {
  readonly kty: string
  readonly kid?: string | undefined
  readonly alg?: string | undefined
  readonly use?: string | undefined
  readonly crv?: string | undefined
  readonly x?: string | undefined
  readonly y?: string | undefined
  readonly n?: string | undefined
  readonly e?: string | undefined
}

const MAX_JWKS_LENGTH = 256 * 1024
const MEMBERS = ['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e'] as const

/** The keys of a JWKS document; what is no key is left out. Throws `StrictJsonError` when the text is no JWKS. */
export function parseJwks(text: string): readonly Jwk[] {
  const document = parseStrictJson(text, { maxLength: MAX_JWKS_LENGTH, fractions: 'anywhere' })
  const keys = isJsonObject(document) ? document['keys'] : undefined
  return Array.isArray(keys) ? keys.flatMap(readJwk) : []
}

function readJwk(value: JsonValue): readonly Jwk[] {
  if (!isJsonObject(value) || typeof value['kty'] !== 'string') return []
  const texts = MEMBERS.flatMap((name) =>
    typeof value[name] === 'string' ? [[name, value[name]] as const] : [],
  )
  return [{ kty: value['kty'], ...Object.fromEntries(texts) }]
}

/**
 * The key a token names by `kid`; without one, the only key of the set that fits the algorithm. `undefined` when there
 * is none, or more than one to choose from.
 */
export function selectJwk(
  keys: readonly Jwk[],
  algorithm: IdentityTokenAlgorithm,
  kid: string | undefined,
): Jwk | undefined {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  const [only, ...others] = named.filter((key) => fits(key, algorithm))
  return others.length === 0 ? only : undefined
}

/** `alg` and `kty` of the key must agree with what the token says, and the key must be one for signatures. */
function fits({ kty, crv, alg, use }: Jwk, algorithm: IdentityTokenAlgorithm): boolean {
  if ((use ?? 'sig') !== 'sig') return false
  if (algorithm === 'EdDSA')
    return kty === 'OKP' && crv === 'Ed25519' && ['EdDSA', 'Ed25519'].includes(alg ?? 'EdDSA')
  if ((alg ?? algorithm) !== algorithm) return false
  return algorithm === 'ES256' ? kty === 'EC' && crv === 'P-256' : kty === 'RSA'
}

/** Verifies a JWT signature by an issuer's key. Either S is accepted: common libraries do not normalise. */
export function verifyWithJwk(
  engine: Engine,
  key: Jwk,
  algorithm: IdentityTokenAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (algorithm === 'EdDSA') return verifyEd25519(engine, key, message, signature)
  if (algorithm === 'ES256') return verifyP256(engine, key, message, signature)
  return verifyRsa(engine, key, message, signature)
}

function verifyEd25519(engine: Engine, { x }: Jwk, message: Uint8Array, signature: Uint8Array): boolean {
  const bytes = decode(x)
  if (bytes === undefined || !passesEd25519Precheck(bytes, signature)) return false
  return engine.ed25519Verify(bytes, message, signature)
}

function verifyP256(engine: Engine, key: Jwk, message: Uint8Array, signature: Uint8Array): boolean {
  const x = decode(key.x)
  const y = decode(key.y)
  if (x?.length !== 32 || y?.length !== 32 || signature.length !== 64) return false
  const compressed = new Uint8Array(33)
  compressed[0] = ((y[31] ?? 0) & 1) === 1 ? 3 : 2
  compressed.set(x, 1)
  const point = engine.p256Point(compressed)
  // A pair that is no point would otherwise stand for the key that shares its x.
  if (point === undefined || point.y.some((byte, index) => byte !== y[index])) return false
  return engine.p256Verify(compressed, message, signature)
}

const LEAST_RSA_BITS = 2048
const MOST_RSA_BITS = 8192

function verifyRsa(engine: Engine, key: Jwk, message: Uint8Array, signature: Uint8Array): boolean {
  const n = decode(key.n)
  const e = decode(key.e)
  if (engine.rs256Verify === undefined || n === undefined || e === undefined) return false
  const bits = bitLength(n)
  if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) return false
  return engine.rs256Verify({ n, e }, message, signature)
}

function bitLength(bytes: Uint8Array): number {
  const [first = 0] = bytes
  return first === 0 ? 0 : bytes.length * 8 - Math.clz32(first) + 24
}

function decode(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : decodeBase64url(text)
}
