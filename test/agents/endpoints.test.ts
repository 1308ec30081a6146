import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { refuseWayBack } from '../../agents/base/endpoints.ts'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'

const aitp = createAitp(nodeEngine)

function manifestOf(handshakeEndpoint: string) {
  const now = Math.floor(Date.now() / 1000)
  const terms = {
    subject: 'peer',
    handshakeEndpoint,
    offeredCapabilities: [],
    acceptedIdentityTypes: ['pinned_key'],
    acceptedTrustAnchors: [],
    publishedAt: now,
    expiresAt: now + 600,
    allowLoopbackHttp: true,
  } as const
  return aitp.buildManifest(aitp.agentKey(randomBytes(32)), terms, { randomBytes }).verified
}

describe('refuseWayBack', () => {
  it.each(['http://127.0.0.1:8100', 'http://localhost:8100', 'https://[::1]:8100', 'https://127.0.0.2'])(
    'refuses a manifest from elsewhere that leads to %s',
    (origin) => {
      const manifest = manifestOf(`${origin}/aitp/handshake/`)
      expect(() => refuseWayBack('https://peer.example/.well-known/aitp-manifest', manifest)).toThrow(
        expect.objectContaining({ refusal: expect.objectContaining({ code: 'forbidden_target' }) }),
      )
    },
  )

  it.each([
    ['http://127.0.0.1:8100/m', 'http://localhost:8101/aitp/handshake/'],
    ['http://127.0.0.1:8100/m', 'https://peer.example/aitp/handshake/'],
    ['https://peer.example/m', 'https://other.example/aitp/handshake/'],
  ])('lets a manifest from %s lead to %s', (url, endpoint) => {
    expect(refuseWayBack(url, manifestOf(endpoint))).toBeUndefined()
  })
})
