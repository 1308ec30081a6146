import type { AgentKey } from '../agent-key.ts'
import { aidIdentifier } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'
import { signDigest } from '../signature.ts'
import type { JsonObject } from '../strict-json.ts'
import type { RandomBytes } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import type { ManifestBody, ManifestDocument, VerifiedManifest } from './document.ts'
import { signingInput, verifyManifest } from './verify.ts'

export interface BuildManifestOptions {
  readonly displayName?: string
  /** The name under which peers pin this agent's key. */
  readonly subject: string
  /** Ends in a slash: peers resolve `hello` and `commit` relative to it. */
  readonly handshakeEndpoint: string
  readonly offeredCapabilities: readonly string[]
  readonly requiredPeerCapabilities?: readonly string[]
  readonly acceptedIdentityTypes: readonly ['pinned_key']
  readonly acceptedTrustAnchors: readonly []
  readonly publishedAt: number
  readonly expiresAt: number
  /** Left out when empty: a verifier that drops an empty object would then fail the signature. */
  readonly extensions?: JsonObject
  readonly allowLoopbackHttp?: boolean
}

export interface BuiltManifest {
  /** As it is served. */
  readonly text: string
  readonly document: ManifestDocument
  readonly verified: VerifiedManifest
}

/** Builds and signs the manifest of a pinned-key agent. What comes out has been verified like a stranger's. */
export function buildManifest(
  engine: Engine,
  key: AgentKey,
  options: BuildManifestOptions,
  { randomBytes }: { readonly randomBytes: RandomBytes },
): BuiltManifest {
  if (key.algorithm !== 'ed25519') throw new TypeError('the identity type pinned_key needs an Ed25519 key')
  const challenge = randomBytes(16)
  const { displayName, requiredPeerCapabilities, extensions } = options
  const signed: Omit<ManifestBody, 'signature'> = {
    version: AITP_VERSION,
    aid: key.aid,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    identity_hint: { type: 'pinned_key', subject: options.subject, public_key: aidIdentifier(key.aid) },
    handshake_endpoint: options.handshakeEndpoint,
    accepted_trust_anchors: [...options.acceptedTrustAnchors],
    accepted_identity_types: [...options.acceptedIdentityTypes],
    offered_capabilities: [...options.offeredCapabilities],
    ...(requiredPeerCapabilities === undefined
      ? {}
      : { required_peer_capabilities: [...requiredPeerCapabilities] }),
    proof_of_possession: {
      challenge: encodeBase64url(challenge),
      signature: signDigest(engine, key, challenge),
    },
    published_at: options.publishedAt,
    expires_at: options.expiresAt,
    ...(extensions === undefined || Object.keys(extensions).length === 0 ? {} : { extensions }),
  }
  const body: ManifestBody = { ...signed, signature: signDigest(engine, key, signingInput(engine, signed)) }
  const document = { manifest: body }
  const text = canonicalize(document)
  const { publishedAt: now, allowLoopbackHttp } = options
  return { text, document, verified: verifyManifest(engine, text, { now, allowLoopbackHttp }) }
}
