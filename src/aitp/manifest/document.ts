import type { Aid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import {
  aid,
  anyObject,
  anyString,
  capabilities,
  closedObject,
  type Fault,
  integerFrom,
  nonce,
  nonEmptyString,
  oneOf,
  opaque,
  type Shape,
  stringOf,
  uniqueStrings,
} from '../shape.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'
import { isUri } from '../uri.ts'

/** How an agent shows who it is: by a token of an issuer, or by a key its peers have pinned. */
export type IdentityType = 'oidc' | 'pinned_key'

/** How an agent will present itself: the subject, with an issuer (`oidc`) or a key of 43 characters (`pinned_key`). */
export interface IdentityHint {
  readonly type: IdentityType
  readonly subject: string
  readonly issuer?: string
  readonly public_key?: string
}

/** The signed self-description of an agent, without its wrapper (RFC-AITP-0003 §3). */
export interface ManifestBody {
  readonly version: string
  readonly aid: string
  readonly display_name?: string
  readonly identity_hint: IdentityHint
  readonly handshake_endpoint: string
  readonly accepted_trust_anchors: readonly string[]
  readonly offered_capabilities: readonly string[]
  readonly required_peer_capabilities?: readonly string[]
  readonly accepted_identity_types?: readonly IdentityType[]
  readonly accepted_signature_algorithms?: readonly ('ed25519' | 'p256')[]
  readonly proof_of_possession: { readonly challenge: string; readonly signature: string }
  readonly published_at: number
  readonly expires_at: number
  readonly extensions?: JsonObject
  readonly signature: string
}

/** The form in which a manifest is served. */
export interface ManifestDocument {
  readonly manifest: ManifestBody
}

declare const verifiedManifestBrand: unique symbol

/** A manifest whose every check passed at the time it was verified. Made by the verifier only. */
export interface VerifiedManifest {
  readonly aid: Aid
  readonly body: ManifestBody
  readonly publishedAt: number
  /** Unix seconds; from then on the manifest and every TCT of its agent are void. */
  readonly expiresAt: number
  readonly [verifiedManifestBrand]: true
}

/** Absent means that only OIDC is accepted; an empty list means nobody. */
export function acceptedIdentityTypes(body: ManifestBody): readonly IdentityType[] {
  return body.accepted_identity_types ?? ['oidc']
}

export function manifestShape(engine: Engine, allowLoopbackHttp: boolean): Shape {
  return {
    required: {
      version: anyString,
      aid: aid(engine),
      identity_hint: identityHint,
      handshake_endpoint: stringOf(
        allowLoopbackHttp ? 'an https URL, or http on loopback' : 'an https URL',
        (text) => isEndpoint(text, allowLoopbackHttp),
      ),
      accepted_trust_anchors: uniqueStrings('a URI', 256, isUri),
      offered_capabilities: capabilities,
      proof_of_possession: closedObject({ required: { challenge: nonce, signature: opaque }, optional: {} }),
      published_at: integerFrom(0),
      expires_at: integerFrom(1),
      signature: opaque,
    },
    optional: {
      display_name: stringOf('at most 128 characters', (text) => [...text].length <= 128),
      required_peer_capabilities: capabilities,
      accepted_identity_types: uniqueStrings(
        'oidc or pinned_key',
        2,
        (text) => text === 'oidc' || text === 'pinned_key',
      ),
      accepted_signature_algorithms: uniqueStrings(
        'ed25519 or p256',
        2,
        (text) => text === 'ed25519' || text === 'p256',
      ),
      extensions: anyObject,
    },
  }
}

/** What a shape alone cannot say: that the manifest expires after it was published. */
export function lifetimeFault({ published_at, expires_at }: JsonObject): Fault | undefined {
  if (typeof published_at !== 'number' || typeof expires_at !== 'number') return undefined
  if (expires_at > published_at) return undefined
  return { member: 'expires_at', expected: `after published_at ${published_at}`, actual: String(expires_at) }
}

/** The members depend on the type: an issuer and no key, or a key and no issuer. */
function identityHint(value: JsonObject[string]): Fault | undefined {
  const isPinnedKey = isJsonObject(value) && value['type'] === 'pinned_key'
  return isPinnedKey ? pinnedKeyHint(value) : oidcHint(value)
}

export const publicKeyText = stringOf('43 or 44 characters of base64url', (text) =>
  /^[A-Za-z0-9_-]{43,44}$/.test(text),
)

const hintType = oneOf('oidc', 'pinned_key')

const pinnedKeyHint = closedObject({
  required: { type: hintType, subject: nonEmptyString, public_key: publicKeyText },
  optional: {},
})

const oidcHint = closedObject({
  required: { type: hintType, subject: nonEmptyString, issuer: stringOf('a URI', isUri) },
  optional: {},
})

function isEndpoint(text: string, allowLoopbackHttp: boolean): boolean {
  if (/^https:\/\/[^\s/?#]+[^\s]*$/.test(text)) return true
  return (
    allowLoopbackHttp &&
    /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?(?:[/?#][^\s]*)?$/.test(text)
  )
}
