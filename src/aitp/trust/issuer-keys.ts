import { decodeBase64url, encodeBase64url } from '../base64url.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { type Jwk, parseJwks } from '../identity/jwk.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import type { KeyResolutionPolicy, TrustAnchor } from './config.ts'

/** A fetched document: its text, `null` when the server says that there is none. `undefined`: not fetched yet. */
export type FetchedDocument = string | null | undefined

/** What is known so far about the keys of one issuer. */
export interface IssuerKeysInput {
  readonly issuer: string
  /** Unix seconds. */
  readonly now: number
  readonly policy: KeyResolutionPolicy
  readonly cached?: { readonly keys: readonly Jwk[]; readonly fetchedAt: number } | undefined
  readonly anchors: readonly TrustAnchor[]
  /** What has been fetched so far, by address. */
  readonly documents: ReadonlyMap<string, string | null>
}

/** The keys of an issuer, or the one address whose answer is needed next. */
export type IssuerKeysResolution =
  | {
      readonly kind: 'keys'
      readonly keys: readonly Jwk[]
      readonly source: 'cache' | 'pinned' | 'oidc_discovery' | 'aitp_keys' | 'stale_cache'
    }
  | { readonly kind: 'document_needed'; readonly url: string }

/**
 * One step of resolving the keys of an OIDC issuer: cache, pinned keys, then its discovery document and nothing but
 * the `jwks_uri` therein, and only without one its own key list (RFC-AITP-0002). It fetches nothing: ask again with
 * the document. Throws `AitpError` with `KEY_RESOLUTION_FAILED`. Ask for trust anchors only.
 */
export function resolveIssuerKeys(engine: Engine, input: IssuerKeysInput): IssuerKeysResolution {
  const { issuer, now, policy, cached, anchors, documents } = input
  if (cached !== undefined && now - cached.fetchedAt < policy.cacheTtlSecs)
    return { kind: 'keys', keys: cached.keys, source: 'cache' }
  const pinned = anchors.filter((anchor) => anchor.issuer === issuer).flatMap(({ keys }) => keys)
  if (pinned.length > 0)
    return { kind: 'keys', keys: pinned.map((key) => pinnedJwk(engine, key)), source: 'pinned' }
  if (policy.offlineMode) return failed(input, 'offline')
  const base = issuer.replace(/\/$/, '')
  const discovery = `${base}/.well-known/openid-configuration`
  const found = documents.get(discovery)
  if (found === undefined) return { kind: 'document_needed', url: discovery }
  if (found !== null) return discovered(input, found)
  return listed(input, `${base}/.well-known/aitp-keys`)
}

/** Once there is a discovery document, nothing else is asked: it may be wrong, but it is the issuer's word. */
function discovered(input: IssuerKeysInput, text: string): IssuerKeysResolution {
  const { issuer, jwks_uri: url } = parseObject(text) ?? {}
  if (typeof issuer !== 'string' || !isSameIssuer(issuer, input.issuer) || typeof url !== 'string')
    return failed(input, 'its discovery document is not its own')
  if (!url.startsWith('https://')) return failed(input, 'its jwks_uri is not https')
  const keys = input.documents.get(url)
  if (keys === undefined) return { kind: 'document_needed', url }
  return usable(input, keys, 'oidc_discovery')
}

function listed(input: IssuerKeysInput, url: string): IssuerKeysResolution {
  const text = input.documents.get(url)
  if (text === undefined) return { kind: 'document_needed', url }
  const { issuer, expires_at: expiresAt } = (text === null ? undefined : parseObject(text)) ?? {}
  if (typeof issuer !== 'string' || !isSameIssuer(issuer, input.issuer))
    return failed(input, 'it lists no keys')
  if (typeof expiresAt !== 'number' || input.now >= expiresAt)
    return failed(input, 'its key list has expired')
  return usable(input, text, 'aitp_keys')
}

function usable(
  input: IssuerKeysInput,
  text: FetchedDocument,
  source: 'oidc_discovery' | 'aitp_keys',
): IssuerKeysResolution {
  const keys = typeof text === 'string' && parseObject(text) !== undefined ? parseJwks(text) : []
  return keys.length === 0 ? failed(input, 'it publishes no keys') : { kind: 'keys', keys, source }
}

/** Only `fail_open` lets a stale key set serve; no mode accepts a proof that nothing verified. */
function failed({ issuer, policy, cached }: IssuerKeysInput, reason: string): IssuerKeysResolution {
  if (policy.failMode === 'fail_open' && cached !== undefined)
    return { kind: 'keys', keys: cached.keys, source: 'stale_cache' }
  throw new AitpError('KEY_RESOLUTION_FAILED', `no keys of ${issuer}: ${reason}`, {
    expected: `keys of ${issuer}`,
    actual: reason,
  })
}

function pinnedJwk(engine: Engine, key: string): Jwk {
  if (key.length === 43) return { kty: 'OKP', crv: 'Ed25519', x: key }
  const bytes = decodeBase64url(key)
  const point = bytes === undefined ? undefined : engine.p256Point(bytes)
  if (point === undefined) throw new TypeError(`pinned key ${key} is no P-256 point`)
  return { kty: 'EC', crv: 'P-256', x: encodeBase64url(point.x), y: encodeBase64url(point.y) }
}

/** Modulo one trailing slash and the case of the host. */
function isSameIssuer(left: string, right: string): boolean {
  return normal(left) === normal(right)
}

function normal(issuer: string): string {
  return issuer.replace(/\/$/, '').replace(/^[a-z]+:\/\/[^/?#]*/i, (origin) => origin.toLowerCase())
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const document = parseStrictJsonObject(text, { maxLength: 256 * 1024, fractions: 'anywhere' })
    return isJsonObject(document) ? document : undefined
  } catch {
    return undefined
  }
}
