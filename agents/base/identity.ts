import { randomBytes } from 'node:crypto'
import type { AgentKey, Aitp, BuiltManifest } from '../../src/aitp/index.ts'
import type { Bootstrap } from '../../src/shared/bootstrap.ts'
import { unixNow } from './clock.ts'

/** This agent's key and the manifest it publishes. */
export interface Identity {
  readonly key: AgentKey
  readonly displayName: string
  readonly tctTtlSecs: number
  /** Minted anew once half of its life has passed. */
  manifest(): BuiltManifest
}

/** @param origin where this agent listens, e.g. `http://127.0.0.1:8100` */
export function createIdentity(aitp: Aitp, { agent_id, aitp: own }: Bootstrap, origin: string): Identity {
  const key = aitp.agentKey(Buffer.from(own.seed_hex, 'hex'))
  let current: BuiltManifest | null = null

  function mint(now: number): BuiltManifest {
    return aitp.buildManifest(
      key,
      {
        displayName: own.display_name,
        subject: agent_id,
        handshakeEndpoint: `${origin}/aitp/handshake/`,
        offeredCapabilities: own.offered_caps,
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: now,
        // Twice a token's life, so that a renewed token can outlive the one it replaces.
        expiresAt: now + 2 * own.ttl_secs,
        allowLoopbackHttp: true,
      },
      { randomBytes: (length) => randomBytes(length) },
    )
  }

  return {
    key,
    displayName: own.display_name,
    tctTtlSecs: own.ttl_secs,
    manifest() {
      const now = unixNow()
      if (current === null || now >= halfLife(current)) current = mint(now)
      return current
    },
  }
}

function halfLife({ verified }: BuiltManifest): number {
  return verified.publishedAt + Math.floor((verified.expiresAt - verified.publishedAt) / 2)
}
