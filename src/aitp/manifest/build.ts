import type { AgentKey } from '../agent-key.ts'
import { aidIdentifier } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'
import { signDigest } from '../signature.ts'
import type { JsonObject } from '../strict-json.ts'
import type { RandomBytes } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import type {
  IdentityHint,
  IdentityType,
  ManifestBody,
  ManifestDocument,
  VerifiedManifest,
} from './document.ts'
import { signingInput, verifyManifest } from './verify.ts'

/** What an agent says about itself. Times are Unix seconds. */
export interface BuildManifestOptions {
  readonly displayName?: string
  /** The name under which peers pin this agent's key, or its subject at the issuer. */
  readonly subject: string
  /** The OIDC issuer that vouches for this agent. Left out: peers pin its key. */
  readonly issuer?: string
  /** Ends in a slash: peers resolve `hello` and `commit` relative to it. */
  readonly handshakeEndpoint: string
  readonly offeredCapabilities: readonly string[]
  readonly requiredPeerCapabilities?: readonly string[]
  /** Of peers. Empty: nobody. */
  readonly acceptedIdentityTypes: readonly IdentityType[]
  /** Issuers accepted from peers; empty only where `oidc` is not accepted. */
  readonly acceptedTrustAnchors: readonly string[]
  readonly publishedAt: number
  readonly expiresAt: number
  /** Left out when empty: a verifier that drops an empty object would then fail the signature. */
  readonly extensions?: JsonObject
  readonly allowLoopbackHttp?: boolean
}

/** A manifest, signed and verified. */
export interface BuiltManifest {
  /** As it is served. */
  readonly text: string
  readonly document: ManifestDocument
  readonly verified: VerifiedManifest
}

/** Builds and signs the manifest of an agent. What comes out has been verified like a stranger's. */
export function buildManifest(
  engine: Engine,
  key: AgentKey,
  options: BuildManifestOptions,
  { randomBytes }: { readonly randomBytes: RandomBytes },
): BuiltManifest {
  if (options.acceptedIdentityTypes.includes('oidc') && options.acceptedTrustAnchors.length === 0)
    throw new TypeError('an agent that accepts oidc names the issuers it accepts')
  const challenge = randomBytes(16)
  const { displayName, requiredPeerCapabilities, extensions } = options
  const signed: Omit<ManifestBody, 'signature'> = {
    version: AITP_VERSION,
    aid: key.aid,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    identity_hint: identityHint(key, options),
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
  const compat = { acceptPrehashedP256: key.emitsPrehashed }
  return { text, document, verified: verifyManifest(engine, text, { now, allowLoopbackHttp, compat }) }
}

function identityHint(key: AgentKey, { subject, issuer }: BuildManifestOptions): IdentityHint {
  if (issuer !== undefined) return { type: 'oidc', subject, issuer }
  if (key.algorithm !== 'ed25519') throw new TypeError('the identity type pinned_key needs an Ed25519 key')
  return { type: 'pinned_key', subject, public_key: aidIdentifier(key.aid) }
}
