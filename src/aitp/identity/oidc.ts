import type { Aid } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import { asciiBytes } from '../bytes.ts'
import type { Collector } from '../collector.ts'
import { abbreviate, describe, describeSecret, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { check, Ladder } from '../ladder.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../strict-json.ts'
import { thumbprint } from '../thumbprint.ts'
import {
  type IdentityTokenAlgorithm,
  identityTokenAlgorithms,
  type Jwk,
  selectJwk,
  verifyWithJwk,
} from './jwk.ts'

/** The JWT of an OIDC identity by itself (RFC-AITP-0002 §2). */
// biome-ignore format: a table, one row a check.
export const identityTokenChecks = [
  check('oidc.structure', 'Token is a compact JWS of two JSON objects', 'RFC-AITP-0002 §2', 'IDENTITY_FAILED'),
  check('oidc.header', 'Header asks for nothing this agent does not know, and names no AITP token', 'RFC-AITP-0002 §2', 'IDENTITY_FAILED'),
  check('oidc.alg', 'Algorithm is EdDSA, ES256 or RS256', 'RFC-AITP-0002 §2', 'IDENTITY_FAILED'),
  check('oidc.keys', 'Keys of the issuer are at hand', 'RFC-AITP-0002', 'KEY_RESOLUTION_FAILED'),
  check('oidc.key', 'One key of the issuer fits', 'RFC-AITP-0002 §2', 'IDENTITY_FAILED'),
  check('oidc.signature', 'Signature verifies under that key', 'RFC-AITP-0002 §2', 'IDENTITY_FAILED'),
  check('oidc.iss', 'Issuer is the one the identity names', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.sub', 'Subject is the one the identity names', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.aud', 'Token was made for this agent', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.exp', 'Token has not expired', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.iat', 'Token was issued within 300 s of this clock', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.nonce', 'Nonce is that of the message', 'RFC-AITP-0002 §2.2', 'IDENTITY_FAILED'),
  check('oidc.cnf', 'Token is bound to the key of the sender', 'RFC-AITP-0002 §2.3', 'IDENTITY_FAILED'),
] as const

type OidcCheckId = (typeof identityTokenChecks)[number]['id']

/** What the JWT of an OIDC identity is held against. */
export interface IdentityTokenContext {
  /** Unix seconds. */
  readonly now: number
  /** The issuer and subject that the identity descriptor names. */
  readonly issuer: string
  readonly subject: string
  /** The AID the token must have been made for. `null`: not compared. */
  readonly audience: Aid | null
  /** The 22 characters of the presenter's own nonce. */
  readonly nonce: string
  /** Whose key the token must be bound to. */
  readonly presenter: Aid
  /** The issuer's key set; `undefined` when it could not be had. */
  readonly keys: readonly Jwk[] | undefined
  readonly collector?: Collector | undefined
}

/** What the issuer of an identity token has to be told, so that the token is good for one handshake only. */
export interface IdentityTokenRequest {
  /** `aud`: the AID of the peer. */
  readonly audience: Aid
  /** `nonce`: 22 characters. */
  readonly nonce: string
  /** `cnf.jkt`: 43 characters. */
  readonly jkt: string
  /** Unix seconds. */
  readonly now: number
}

const MAX_LENGTH = 16 * 1024
const TOLERANCE_SECS = 300

interface IdentityToken {
  readonly header: JsonObject
  readonly claims: JsonObject
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** Verifies the JWT of an OIDC identity (RFC-AITP-0002 §2). Throws `AitpError`. */
export function verifyIdentityToken(engine: Engine, token: string, context: IdentityTokenContext): void {
  const ladder: Ladder<OidcCheckId> = new Ladder(identityTokenChecks, context.collector)
  const parsed = takeApart(engine, token)
  if (typeof parsed === 'string')
    ladder.refuse('oidc.structure', { expected: 'a compact JWS', actual: parsed })
  ladder.pass('oidc.structure')
  checkSignature(engine, ladder, parsed, context)
  const { claims } = parsed
  requireText(ladder, 'oidc.iss', claims['iss'], context.issuer)
  requireText(ladder, 'oidc.sub', claims['sub'], context.subject)
  checkAudience(ladder, claims['aud'], context.audience)
  checkTimes(ladder, claims, context.now)
  ladder.require('oidc.nonce', claims['nonce'] === context.nonce, () => ({
    expected: abbreviate(context.nonce),
    actual: describeSecret(claims['nonce']),
  }))
  checkBinding(engine, ladder, claims['cnf'], context.presenter)
}

/** The `kid` a token names, for fetching keys before it is verified. */
export function identityTokenKeyId(engine: Engine, token: string): string | undefined {
  const parsed = takeApart(engine, token)
  const kid = typeof parsed === 'string' ? undefined : parsed.header['kid']
  return typeof kid === 'string' ? kid : undefined
}

/** Header members other than the known ones are for others, except one that forbids to ignore them. */
function checkSignature(
  engine: Engine,
  ladder: Ladder<OidcCheckId>,
  { header, signed, signature }: IdentityToken,
  { keys, issuer }: IdentityTokenContext,
): void {
  const { alg, typ, kid, crit } = header
  const isForeign = crit !== undefined || (typeof typ === 'string' && typ.toLowerCase().startsWith('aitp-'))
  ladder.require('oidc.header', !isForeign, () => ({
    expected: 'no crit, and no typ of an AITP token',
    actual: crit === undefined ? `typ ${describe(typ)}` : 'crit',
  }))
  const algorithm = identityTokenAlgorithms.find((name) => name === alg)
  if (algorithm === undefined)
    ladder.refuse('oidc.alg', { expected: listOf(identityTokenAlgorithms), actual: describe(alg) })
  ladder.pass('oidc.alg', () => ({ expected: listOf(identityTokenAlgorithms), actual: algorithm }))
  if (keys === undefined)
    ladder.refuse('oidc.keys', { expected: `keys of ${issuer}`, actual: 'none to be had' })
  ladder.pass('oidc.keys', () => ({ expected: `keys of ${issuer}`, actual: `${keys.length}` }))
  const key = requireKey(ladder, keys, algorithm, kid)
  const verifies = verifyWithJwk(engine, key, algorithm, signed, signature)
  ladder.require('oidc.signature', verifies, () => ({
    expected: `signed by ${issuer}`,
    actual: verifies ? 'verifies' : 'does not verify',
  }))
}

function requireKey(
  ladder: Ladder<OidcCheckId>,
  keys: readonly Jwk[],
  algorithm: IdentityTokenAlgorithm,
  kid: JsonValue | undefined,
): Jwk {
  const expected = kid === undefined ? `the only ${algorithm} key` : `a ${algorithm} key ${describe(kid)}`
  const isName = kid === undefined || typeof kid === 'string'
  const key = isName ? selectJwk(keys, algorithm, kid) : undefined
  if (key === undefined) return ladder.refuse('oidc.key', { expected, actual: `none of ${keys.length}` })
  ladder.pass('oidc.key', () => ({ expected, actual: key.kid ?? 'found' }))
  return key
}

function requireText(
  ladder: Ladder<OidcCheckId>,
  id: OidcCheckId,
  value: JsonValue | undefined,
  expected: string,
): void {
  ladder.require(id, value === expected, () => ({ expected, actual: describe(value) }))
}

function checkAudience(ladder: Ladder<OidcCheckId>, aud: JsonValue | undefined, audience: Aid | null): void {
  if (audience === null) {
    ladder.skip('oidc.aud', 'no audience was expected')
    return
  }
  const holds = aud === audience || (Array.isArray(aud) && aud.includes(audience))
  ladder.require('oidc.aud', holds, () => ({
    expected: audience,
    actual: Array.isArray(aud) ? listOf(aud.map(describe)) : describe(aud),
  }))
}

function checkTimes(ladder: Ladder<OidcCheckId>, { exp, iat }: JsonObject, now: number): void {
  ladder.require('oidc.exp', isTime(exp) && now < exp, () => ({
    expected: `exp > now ${now}`,
    actual: describe(exp),
  }))
  ladder.require('oidc.iat', isTime(iat) && Math.abs(now - iat) <= TOLERANCE_SECS, () => ({
    expected: `within ${TOLERANCE_SECS} s of ${now}`,
    actual: describe(iat),
  }))
}

/** Other issuers may write a time with a fraction (RFC 7519), so any finite number will do. */
function isTime(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0
}

function checkBinding(
  engine: Engine,
  ladder: Ladder<OidcCheckId>,
  cnf: JsonValue | undefined,
  presenter: Aid,
): void {
  const jkt = isJsonObject(cnf) ? cnf['jkt'] : undefined
  const expected = thumbprint(engine, presenter)
  ladder.require('oidc.cnf', jkt === expected, () => ({ expected, actual: describe(jkt) }))
}

function takeApart(engine: Engine, token: string): IdentityToken | string {
  if (token.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} characters`
  const segments = token.split('.')
  if (segments.length !== 3) return `${segments.length} segments`
  const [header, payload, signature] = segments.map(decodeBase64url)
  if (header === undefined || payload === undefined || signature === undefined) return 'not strict base64url'
  try {
    return {
      header: parseObject(engine, header),
      claims: parseObject(engine, payload),
      signed: asciiBytes(token.slice(0, token.lastIndexOf('.'))),
      signature,
    }
  } catch (error) {
    return String(error)
  }
}

function parseObject(engine: Engine, bytes: Uint8Array): JsonObject {
  return parseStrictJsonObject(engine.utf8Decode(bytes) ?? '', {
    maxLength: MAX_LENGTH,
    fractions: 'anywhere',
  })
}
