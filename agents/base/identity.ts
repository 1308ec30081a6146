import { randomBytes } from 'node:crypto'
import {
  type AgentKey,
  type Aid,
  type Aitp,
  type BuiltManifest,
  isRefreshDue,
  manifestExtensionKeys,
} from '../../src/aitp/index.ts'
import type { Bootstrap } from '../../src/shared/bootstrap.ts'
import { machineNow } from './clock.ts'
import { createOidcTrust, type OidcTrust } from './oidc-trust.ts'
import { keyFromSeed, randomKey } from './own-key.ts'
import type { PublicAddress } from './public-address.ts'

/** This agent's key and the manifest it publishes. */
export interface Identity {
  /** The key of this moment: whoever keeps it would go on signing with it after a rotation. */
  readonly key: AgentKey
  readonly displayName: string
  readonly tctTtlSecs: number
  /** The run's OIDC issuer; `null` when the run has none. */
  readonly oidc: OidcTrust | null
  /** Minted anew once half of its life has passed, and after a rotation. */
  manifest(): BuiltManifest
  /** Replaces the key by a random one of the same suite. Returns the AID that is no longer this agent's. */
  rotate(): Aid
}

/** Throws when the bootstrap asks for an identity that no peer could accept. */
export function createIdentity(
  aitp: Aitp,
  { agent_id, aitp: own, oidc }: Bootstrap,
  { origin }: PublicAddress,
): Identity {
  const isOidc = own.identity_type === 'oidc'
  if (own.signing_suite === 'p256' && !isOidc)
    throw new Error('a P-256 key needs an OIDC identity: the hint of a pinned key holds an Ed25519 key')
  const subject = isOidc ? (own.oidc_subject ?? agent_id) : agent_id
  const trust = createOidcTrust(aitp, oidc, isOidc ? subject : null)
  if (isOidc && trust?.mintIdentityToken === undefined)
    throw new Error('an OIDC identity needs the issuer of the run and its key')
  if (isOidc && own.oidc_issuer !== null && own.oidc_issuer !== trust?.issuer)
    throw new Error(`the issuer of this run is ${trust?.issuer}, not ${own.oidc_issuer}`)
  let key = keyFromSeed(aitp, own.signing_suite, Buffer.from(own.seed_hex, 'hex'))
  let current: BuiltManifest | null = null

  function mint(now: number): BuiltManifest {
    return aitp.buildManifest(
      key,
      {
        displayName: own.display_name,
        subject,
        ...(isOidc && trust ? { issuer: trust.issuer } : {}),
        handshakeEndpoint: `${origin}/aitp/handshake/`,
        offeredCapabilities: own.offered_caps,
        acceptedIdentityTypes: trust ? ['pinned_key', 'oidc'] : ['pinned_key'],
        acceptedTrustAnchors: trust ? [trust.issuer] : [],
        publishedAt: now,
        // Twice a token's life, so that a renewed token can outlive the one it replaces.
        expiresAt: now + 2 * own.ttl_secs,
        extensions: services(origin),
        allowLoopbackHttp: true,
      },
      { randomBytes: (length) => randomBytes(length) },
    )
  }

  return {
    get key() {
      return key
    },
    displayName: own.display_name,
    tctTtlSecs: own.ttl_secs,
    oidc: trust,
    manifest() {
      const now = machineNow()
      if (current === null || isRefreshDue(current.verified, now)) current = mint(now)
      return current
    },
    rotate() {
      const { aid } = key
      key = randomKey(aitp, own.signing_suite)
      current = null
      return aid
    },
  }
}

/** The registered keys demand https; elsewhere peers know the conventional paths. */
function services(origin: string): Record<string, string> {
  if (!origin.startsWith('https:')) return {}
  return {
    [manifestExtensionKeys.renew]: `${origin}/aitp/handshake/renew`,
    [manifestExtensionKeys.redeem]: `${origin}/aitp/delegation/redeem`,
  }
}
