import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { delegationDescent, syntheticJti } from '../../agents/base/delegation/descent.ts'
import { handshakeUrl, portOf, redemptionUrl, renewalUrl, tokenOrigin } from '../../agents/base/endpoints.ts'
import { type HeldTokens, holdToken } from '../../agents/base/held-tokens.ts'
import { keyFromSeed } from '../../agents/base/own-key.ts'
import { createKnownSessions } from '../../agents/base/session-bundle/known-sessions.ts'
import { type AgentKey, createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'

const aitp = createAitp(nodeEngine)
const now = 1_711_900_000
const someKey = () => aitp.agentKey(randomBytes(32))

function manifestOf(handshakeEndpoint: string, extensions = {}, key: AgentKey = someKey()) {
  return aitp.buildManifest(
    key,
    {
      subject: 'peer',
      handshakeEndpoint,
      offeredCapabilities: ['write.content'],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 600,
      extensions,
      allowLoopbackHttp: true,
    },
    { randomBytes },
  ).verified
}

describe('where a peer takes messages', () => {
  it.each([
    'https://a.example/aitp/handshake/',
    'https://a.example/aitp/handshake',
    'https://a.example/aitp/handshake/hello',
    'https://a.example/aitp/handshake/hello/',
  ])('is found from the endpoint %s', (endpoint) => {
    const peer = manifestOf(endpoint)
    const urls = [
      handshakeUrl(peer, 'hello'),
      handshakeUrl(peer, 'commit'),
      renewalUrl(peer),
      redemptionUrl(peer),
    ]
    expect(urls.map(({ href }) => href)).toEqual([
      'https://a.example/aitp/handshake/hello',
      'https://a.example/aitp/handshake/commit',
      'https://a.example/aitp/handshake/renew',
      'https://a.example/aitp/delegation/redeem',
    ])
  })

  it('may be announced, but not at another origin: a token would go where it is not bound to', () => {
    const endpoint = 'https://a.example/aitp/handshake/'
    const announce = (origin: string) =>
      manifestOf(endpoint, {
        'rfc-aitp-0005.renew_uri': `${origin}/renew`,
        'rfc-aitp-0006.delegation_verify_uri': `${origin}/redeem`,
      })
    const own = announce('https://a.example')
    expect([renewalUrl(own).href, redemptionUrl(own).href]).toEqual([
      'https://a.example/renew',
      'https://a.example/redeem',
    ])
    const other = announce('https://b.example')
    expect([renewalUrl(other).origin, redemptionUrl(other).origin]).toEqual([
      'https://a.example',
      'https://a.example',
    ])
  })

  it('has the port of its scheme where none is written', () => {
    const ports = ['https://a.example', 'http://127.0.0.1', 'http://127.0.0.1:8101'].map(portOf)
    expect(ports).toEqual([443, 80, 8101])
  })
})

describe('held tokens', () => {
  it('are kept apart by AID where two peers share a port (B-41)', () => {
    const held: HeldTokens = new Map()
    const peers = ['https://a.example/aitp/handshake/', 'https://b.example/aitp/handshake/'].map((endpoint) =>
      manifestOf(endpoint),
    )
    const holder = someKey()
    for (const [index, peer] of peers.entries()) {
      const { token, claims } = aitp.issueTct(someKey(), {
        subject: holder.aid,
        grants: ['write.content'],
        now,
        ttlSecs: 60,
        notAfter: now + 60,
        jti: randomUUID(),
      })
      const heldToken = { token, fingerprint: `${index}`, claims, voucher: null, unrequestedGrants: [] }
      holdToken(held, peer, 'https://a.example/.well-known/aitp-manifest', heldToken)
    }
    expect([...held].map(([aid, { origin, held: each }]) => [aid, origin, each.fingerprint])).toEqual([
      [peers[0]?.aid, 'https://a.example', '0'],
      [peers[1]?.aid, 'https://b.example', '1'],
    ])
    expect(peers.map((peer) => portOf(tokenOrigin(peer)))).toEqual([443, 443])
  })
})

describe('the id of a delegation without one', () => {
  it('is made from its text as the Control Plane makes it', () => {
    const token = 'a.b.c'
    const digest = createHash('sha1').update(`aitp-delegation:${token}`).digest('hex')
    const jti = syntheticJti(token)
    expect(jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const plain = jti.replaceAll('-', '')
    expect([plain.slice(0, 12), plain.slice(13, 16), plain.slice(17)]).toEqual([
      digest.slice(0, 12),
      digest.slice(13, 16),
      digest.slice(17, 32),
    ])
  })

  it('is not read from what is no delegation', () => {
    expect(delegationDescent(aitp, 'no token')).toBeNull()
  })
})

describe('a key from a seed', () => {
  it('is the same for the same seed, and a P-256 scalar whatever the seed', () => {
    const seeds = [Buffer.alloc(32, 7), Buffer.alloc(32), Buffer.alloc(32, 0xff)]
    const aids = seeds.map((seed) => keyFromSeed(aitp, 'p256', seed).aid)
    expect(new Set(aids).size).toBe(3)
    expect(aids).toEqual(seeds.map((seed) => keyFromSeed(aitp, 'p256', seed).aid))
    expect(keyFromSeed(aitp, 'p256', Buffer.alloc(32, 7)).aid).toBe(
      aitp.p256AgentKey(Buffer.alloc(32, 7)).aid,
    )
    expect(keyFromSeed(aitp, 'ed25519', Buffer.alloc(32)).aid).toBe(aitp.agentKey(Buffer.alloc(32)).aid)
  })
})

describe('known sessions', () => {
  it('are told apart by coordinator, and the first to expire makes room', () => {
    const sessions = createKnownSessions()
    const keep = (coordinator: string, sessionId: string, expiresAt: number) =>
      sessions.keep({ coordinator, sessionId, contentHash: `${coordinator}${sessionId}`, expiresAt })
    keep('a', '1', 50)
    keep('b', '1', 10)
    expect([sessions.contentOf('a', '1'), sessions.contentOf('b', '1')]).toEqual(['a1', 'b1'])
    for (let index = 0; index < 999; index += 1) keep('c', String(index), 100)
    expect([sessions.contentOf('a', '1'), sessions.contentOf('b', '1')]).toEqual(['a1', undefined])
  })
})
