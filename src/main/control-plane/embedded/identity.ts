import { randomBytes } from 'node:crypto'
import type { AgentKey, Aitp } from '../../../aitp/index.ts'

/** Who this Control Plane is: the same at every start, and its manifest never out of date (control-plane.md §8). */
export interface Identity {
  readonly key: AgentKey
  /** The manifest as it is served; signed anew at half of its life (D-13). */
  manifest(): string
}

const manifestLifeSecs = 24 * 3600
const millisecond = 1000

export interface IdentityOptions {
  readonly aitp: Aitp
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** Unix milliseconds. */
  readonly now: () => number
  readonly baseUrl: () => string
}

export function createIdentity({ aitp, seed, now, baseUrl }: IdentityOptions): Identity {
  const key = aitp.agentKey(seed)
  let served: { readonly text: string; readonly baseUrl: string; readonly renewAt: number } | null = null
  return {
    key,
    manifest() {
      const address = baseUrl()
      if (served !== null && served.baseUrl === address && now() < served.renewAt) return served.text
      const publishedAt = Math.floor(now() / millisecond)
      const { text } = aitp.buildManifest(
        key,
        {
          displayName: 'aitp-control-plane',
          subject: 'aitp-control-plane',
          handshakeEndpoint: `${address}/api/aitp/handshake/`,
          offeredCapabilities: [],
          acceptedIdentityTypes: ['pinned_key'],
          acceptedTrustAnchors: [],
          publishedAt,
          expiresAt: publishedAt + manifestLifeSecs,
          allowLoopbackHttp: true,
        },
        { randomBytes },
      )
      served = { text, baseUrl: address, renewAt: now() + (manifestLifeSecs * millisecond) / 2 }
      return text
    },
  }
}
