import { createHash } from 'node:crypto'
import { type AgentKey, type Aitp, createAitp, type Engine, type HandshakeParty } from '../../aitp/index.ts'

/** When all of it happens. */
export const NOW = 1711900000

export interface Parties {
  readonly aitp: Aitp
  readonly alpha: HandshakeParty
  readonly beta: HandshakeParty
  readonly randomBytes: (length: number) => Uint8Array
}

/** Two agents that pin each other, with their manifests made and verified. */
export function parties(engine: Engine): Parties {
  const aitp = createAitp(engine)
  const randomBytes = counter()
  const [alphaKey, betaKey] = [aitp.agentKey(new Uint8Array(32)), aitp.agentKey(new Uint8Array(32).fill(1))]
  const pins = [{ aid: alphaKey.aid }, { aid: betaKey.aid }]
  const party = (key: AgentKey, name: string): HandshakeParty => {
    const { verified } = aitp.buildManifest(
      key,
      {
        subject: name,
        handshakeEndpoint: `https://${name}.example.com/aitp/handshake/`,
        offeredCapabilities: [`${name}.read`, `${name}.write`],
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: NOW,
        expiresAt: NOW + 7200,
      },
      { randomBytes },
    )
    return {
      key,
      manifest: verified,
      pins,
      tctTtlSecs: 3600,
      issueVoucher: true,
      allowLoopbackHttp: false,
      replay: aitp.createReplayStore({ capacity: 10_000_000 }),
    }
  }
  return { aitp, alpha: party(alphaKey, 'alpha'), beta: party(betaKey, 'beta'), randomBytes }
}

/** Bytes that never repeat, and cost next to nothing. */
function counter(): (length: number) => Uint8Array {
  const prefix = createHash('sha256').update('bench').digest()
  let count = 0
  return (length) => {
    const bytes = Uint8Array.from(prefix.subarray(0, length))
    new DataView(bytes.buffer).setUint32(0, ++count)
    return bytes
  }
}
