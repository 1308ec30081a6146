import { describe, expect, it } from 'vitest'
import type {
  AgentKey,
  BuildManifestOptions,
  HandshakeParty,
  IdentityTokenRequest,
} from '../../../src/aitp/index.ts'
import { A, aitp, B, counting, P, partyOf, refusal, T0 } from '../fixtures.ts'
import { edited } from '../handshake/scene.ts'
import { ISSUER, type Issuer, issuers, keySet, minting } from './issuer.ts'

const Q = aitp.p256AgentKey(new Uint8Array(32).fill(7))

interface Kind {
  readonly key: AgentKey
  /** Whether an issuer vouches for it; otherwise its key is pinned. */
  readonly issuer?: Issuer
}

function manifestFor(name: string, { key, issuer }: Kind, changes: Partial<BuildManifestOptions> = {}) {
  return aitp.buildManifest(
    key,
    {
      subject: name,
      ...(issuer === undefined ? {} : { issuer: ISSUER }),
      handshakeEndpoint: `https://${name}.example.com/aitp/`,
      offeredCapabilities: [`${name}.read`],
      acceptedIdentityTypes: ['oidc', 'pinned_key'],
      acceptedTrustAnchors: [ISSUER],
      publishedAt: T0 - 1000,
      expiresAt: T0 + 86400,
      ...changes,
    },
    { randomBytes: counting() },
  ).verified
}

function partyFor(
  name: string,
  kind: Kind,
  changes: Partial<HandshakeParty> = {},
  built: Partial<BuildManifestOptions> = {},
) {
  return partyOf(kind.key, manifestFor(name, kind, built), {
    issuerKeys: (issuer) => (issuer === ISSUER ? keySet : undefined),
    ...(kind.issuer === undefined ? {} : { mintIdentityToken: minting(kind.issuer, name) }),
    ...changes,
  })
}

/** The whole handshake; what each side holds in the end. */
function shake(a: HandshakeParty, b: HandshakeParty) {
  const randomBytes = counting()
  const hello = aitp.startHandshake(a, b.manifest, ['beta.read'], { now: T0, randomBytes })
  const ack = aitp.receiveHello(b, hello.message, { now: T0 + 1, randomBytes })
  const commit = hello.state.onHelloAck(ack.message, { now: T0 + 2, randomBytes })
  const commitAck = ack.state.onCommit(commit.message, { now: T0 + 3, randomBytes })
  const established = commit.state.onCommitAck(commitAck.message, { now: T0 + 4, randomBytes })
  return { hello, ack, commit, commitAck, established }
}

const oidc: Kind = { key: A, issuer: issuers.EdDSA }
const pinned: Kind = { key: B }

describe('a handshake with identities of an issuer', () => {
  it.each<[string, Kind, Kind]>([
    ['the initiator', oidc, pinned],
    ['the responder', { key: A }, { key: B, issuer: issuers.ES256 }],
    ['both', oidc, { key: B, issuer: issuers.RS256 }],
    ['the initiator, with a P-256 key', { key: P, issuer: issuers.EdDSA }, pinned],
    ['the responder, with a P-256 key', { key: A }, { key: P, issuer: issuers.RS256 }],
    ['both, with P-256 keys', { key: P, issuer: issuers.ES256 }, { key: Q, issuer: issuers.EdDSA }],
  ])('completes: %s', (_, first, second) => {
    const { established, commitAck } = shake(partyFor('alpha', first), partyFor('beta', second))
    expect(established.held.claims).toMatchObject({
      iss: second.key.aid,
      sub: first.key.aid,
      grants: ['beta.read'],
    })
    expect(commitAck.established.held.claims).toMatchObject({ iss: first.key.aid, grants: ['alpha.read'] })
    const context = { now: T0 + 5, expectedIssuer: second.key.aid, expectedAudience: first.key.aid }
    expect(aitp.verifyTct(established.held.token, context).grants).toEqual(['beta.read'])
  })

  it('asks the issuer for a token for this peer, nonce and key', () => {
    const asked: IdentityTokenRequest[] = []
    const mintIdentityToken = (request: IdentityTokenRequest) => {
      asked.push(request)
      return minting(issuers.EdDSA, 'alpha')(request)
    }
    const { hello } = shake(partyFor('alpha', oidc, { mintIdentityToken }), partyFor('beta', pinned))
    const { pop_nonce } = JSON.parse(hello.message).payload
    expect(asked).toEqual([{ audience: B.aid, nonce: pop_nonce, jkt: aitp.thumbprint(A.aid), now: T0 }])
  })

  it('does not begin without a token, and takes a party without a source of them for a mistake', () => {
    const none = partyFor('alpha', oidc, { mintIdentityToken: () => null })
    expect(refusal(() => shake(none, partyFor('beta', pinned)))).toBe('IDENTITY_FAILED identity.proof')
    const { mintIdentityToken: _, ...without } = partyFor('alpha', oidc)
    expect(() => shake(without, partyFor('beta', pinned))).toThrow(TypeError)
  })

  it('is not begun by an agent whose issuer the peer does not know', () => {
    const strict = partyFor('beta', pinned, {}, { acceptedTrustAnchors: ['https://other.example.com'] })
    expect(refusal(() => shake(partyFor('alpha', oidc), strict))).toBe('INCOMPATIBLE_TRUST_ANCHORS null')
  })
})

describe('the responder', () => {
  function receive(b: HandshakeParty, edit?: Parameters<typeof edited>[1], kind = oidc): string {
    const a = partyFor('alpha', kind)
    const randomBytes = counting()
    const { message } = aitp.startHandshake(a, manifestFor('beta', pinned), ['beta.read'], {
      now: T0,
      randomBytes,
    })
    const text = edit === undefined ? message : edited(message, edit, kind.key)
    return refusal(() => aitp.receiveHello(b, text, { now: T0 + 1, randomBytes }))
  }

  const b = () => partyFor('beta', pinned)

  it('asks for no key of an issuer it does not trust', () => {
    const issuerKeys = () => {
      throw new TypeError('asked')
    }
    const strict = partyFor(
      'beta',
      pinned,
      { issuerKeys },
      { acceptedTrustAnchors: ['https://other.example.com'] },
    )
    expect(receive(strict)).toBe('INCOMPATIBLE_TRUST_ANCHORS identity.trust_anchor')
  })

  it('refuses a type it does not accept', () => {
    const strict = partyFor(
      'beta',
      pinned,
      {},
      { acceptedIdentityTypes: ['pinned_key'], acceptedTrustAnchors: [] },
    )
    expect(receive(strict)).toBe('INCOMPATIBLE_IDENTITY_TYPE identity.type_accepted')
  })

  it('says that keys of the issuer are not to be had', () => {
    expect(receive(partyFor('beta', pinned, { issuerKeys: () => undefined }))).toBe(
      'KEY_RESOLUTION_FAILED identity.issuer_keys',
    )
    const { issuerKeys: _, ...without } = b()
    expect(receive(without)).toBe('KEY_RESOLUTION_FAILED identity.issuer_keys')
  })

  it('refuses a proof that is no token before it misses keys', () => {
    const nonsense = (draft: { payload: Record<string, unknown> }) => {
      draft.payload['identity'] = { ...(draft.payload['identity'] as object), proof: 'x' }
    }
    expect(receive(partyFor('beta', pinned, { issuerKeys: () => undefined }), nonsense)).toBe(
      'IDENTITY_FAILED identity.proof',
    )
  })

  it.each<[string, string, unknown]>([
    ['a key beside the issuer', 'public_key', 'A'.repeat(43)],
    ['an issuer that is no URI', 'issuer', 'x y'],
    ['an unknown member', 'x', 1],
  ])('refuses an identity with %s', (_, name, value) => {
    const edit = (draft: { payload: Record<string, unknown> }) => {
      draft.payload['identity'] = { ...(draft.payload['identity'] as object), [name]: value }
    }
    expect(receive(b(), edit)).toBe('IDENTITY_FAILED identity.descriptor')
  })

  it('refuses a token made for another nonce, subject or time', () => {
    const otherNonce = (draft: { payload: Record<string, unknown> }) => {
      draft.payload['pop_nonce'] = 'EBESExQVFhcYGRobHB0eHw'
    }
    expect(receive(b(), otherNonce)).toBe('IDENTITY_FAILED identity.proof')
    const foreign: Kind = {
      key: A,
      issuer: { ...issuers.EdDSA, token: () => issuers.EdDSA.token({ sub: 'x' }) },
    }
    expect(receive(b(), undefined, foreign)).toBe('IDENTITY_FAILED identity.proof')
  })

  it('shows keys and proof as checks of their own', () => {
    const collector = aitp.createCollector()
    const randomBytes = counting()
    const { message } = aitp.startHandshake(
      partyFor('alpha', oidc),
      manifestFor('beta', pinned),
      ['beta.read'],
      {
        now: T0,
        randomBytes,
      },
    )
    aitp.receiveHello(b(), message, { now: T0 + 1, randomBytes, collector })
    const { checks } = collector.report('mutual_hello', T0)
    expect(
      checks.filter(({ id }) => id.startsWith('identity.')).map(({ id, status }) => `${id} ${status}`),
    ).toEqual([
      'identity.descriptor passed',
      'identity.hint passed',
      'identity.type_accepted passed',
      'identity.own_type_accepted passed',
      'identity.trust_anchor passed',
      'identity.key skipped',
      'identity.pin skipped',
      'identity.issuer_keys passed',
      'identity.proof passed',
    ])
  })
})

describe('buildManifest', () => {
  it('pins no P-256 key, and accepts oidc from named issuers only', () => {
    expect(() => manifestFor('alpha', { key: P })).toThrow(TypeError)
    expect(() => manifestFor('alpha', oidc, { acceptedTrustAnchors: [] })).toThrow(TypeError)
  })
})

describe('a P-256 sender', () => {
  it('is refused when its signature carries no tag', () => {
    const kind: Kind = { key: P, issuer: issuers.EdDSA }
    const a = partyFor('alpha', kind)
    const { message } = aitp.startHandshake(a, manifestFor('beta', pinned), ['beta.read'], {
      now: T0,
      randomBytes: counting(),
    })
    const untagged = edited(message, (draft) => {
      draft.signature = draft.signature.replace('p256.', '')
    })
    const randomBytes = counting()
    expect(
      refusal(() => aitp.receiveHello(partyFor('beta', pinned), untagged, { now: T0, randomBytes })),
    ).toBe('INVALID_SIGNATURE hello.envelope_signature')
  })
})
