import { describe, expect, it } from 'vitest'
import { type ManifestBody, manifestChecks, type VerifyManifestOptions } from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aidText,
  aitp,
  B,
  engine,
  manifestOf,
  P,
  refusal,
  resignManifest,
  signField,
  T0,
} from '../fixtures.ts'

const built = manifestOf(A, 'alpha')
const { manifest: body } = built.document

function verifyText(text: string, options: Partial<VerifyManifestOptions> = {}) {
  return refusal(() => aitp.verifyManifest(text, { now: T0, ...options }))
}

/** The body with these members instead, correctly signed again. `undefined` leaves the member out. */
function changed(changes: Readonly<Record<string, unknown>>, key = A): string {
  return JSON.stringify({ manifest: resignManifest(key, { ...body, ...changes }) })
}

/** The body with these members instead, the old signature left in place. */
function tampered(changes: object): string {
  return JSON.stringify({ manifest: { ...body, ...changes } })
}

describe('verifyManifest', () => {
  it('accepts a manifest, whatever the order of its members and the white space between them', () => {
    const reversed = Object.fromEntries(Object.entries(body).reverse())
    const verified = aitp.verifyManifest(JSON.stringify({ manifest: reversed }, null, 2), { now: T0 })
    expect(verified).toMatchObject({ aid: A.aid, publishedAt: T0 - 1000, expiresAt: T0 + 86400 })
    expect(verified.body).toEqual(body)
  })

  it('accepts what it does not emit: empty extensions, signature algorithms, an OIDC hint', () => {
    expect(verifyText(changed({ extensions: {} }))).toBe('accepted')
    expect(verifyText(changed({ extensions: { 'com.example.x': { weight: 0.5 } } }))).toBe('accepted')
    expect(verifyText(changed({ accepted_signature_algorithms: ['p256'] }))).toBe('accepted')
    const identity_hint = { type: 'oidc', subject: 'a', issuer: 'https://idp.example.com' }
    expect(verifyText(changed({ identity_hint }))).toBe('accepted')
  })

  const required = [
    'version',
    'aid',
    'identity_hint',
    'handshake_endpoint',
    'accepted_trust_anchors',
    'offered_capabilities',
    'proof_of_possession',
    'published_at',
    'expires_at',
  ] as const

  it.each(required)('refuses a manifest without %s', (member) => {
    const check = member === 'version' ? 'manifest.version' : 'manifest.body'
    expect(verifyText(changed({ [member]: undefined }))).toBe(`MANIFEST_INVALID ${check}`)
  })

  it('refuses a manifest without signature', () => {
    const { signature: _, ...unsigned } = body
    expect(verifyText(JSON.stringify({ manifest: unsigned }))).toBe('MANIFEST_INVALID manifest.body')
  })

  const { identity_hint: hint, proof_of_possession: pop } = body

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['an AID that is none', { aid: 'aid:web:example.com' }],
    ['an AID of another type', { aid: 1 }],
    ['a display name of another type', { display_name: 1 }],
    ['a display name of 129 characters', { display_name: 'é'.repeat(129) }],
    ['a hint that is no object', { identity_hint: [] }],
    ['a hint of unknown type', { identity_hint: { ...hint, type: 'did' } }],
    ['a hint without subject', { identity_hint: { type: 'pinned_key', public_key: hint.public_key } }],
    ['a hint with an empty subject', { identity_hint: { ...hint, subject: '' } }],
    ['a pinned-key hint without key', { identity_hint: { type: 'pinned_key', subject: 'a' } }],
    ['a pinned-key hint with an issuer', { identity_hint: { ...hint, issuer: 'https://idp.example.com' } }],
    ['a hint with an unknown member', { identity_hint: { ...hint, proof: 'x' } }],
    [
      'an OIDC hint with a key',
      { identity_hint: { ...hint, type: 'oidc', issuer: 'https://idp.example.com' } },
    ],
    ['an OIDC hint without issuer', { identity_hint: { type: 'oidc', subject: 'a' } }],
    ['an endpoint over http', { handshake_endpoint: 'http://a.example.com/' }],
    ['an endpoint over http on loopback', { handshake_endpoint: 'http://127.0.0.1:8100/' }],
    ['an endpoint without host', { handshake_endpoint: 'https://' }],
    ['an endpoint with white space', { handshake_endpoint: 'https://a.example.com/ x' }],
    ['anchors of another type', { accepted_trust_anchors: 'https://idp.example.com' }],
    ['an anchor that is no URI', { accepted_trust_anchors: ['idp'] }],
    ['a repeated anchor', { accepted_trust_anchors: ['https://i.example', 'https://i.example'] }],
    ['a repeated capability', { offered_capabilities: ['a', 'a'] }],
    ['an empty capability', { offered_capabilities: [''] }],
    ['a capability with white space', { offered_capabilities: ['a b'] }],
    ['a capability of another type', { offered_capabilities: [1] }],
    [
      'too many capabilities',
      { offered_capabilities: Array.from({ length: 257 }, (_, index) => `c${index}`) },
    ],
    ['requirements that are null', { required_peer_capabilities: null }],
    ['an unknown identity type', { accepted_identity_types: ['did'] }],
    ['an unknown signature algorithm', { accepted_signature_algorithms: ['rsa'] }],
    ['a challenge that is too long', { proof_of_possession: { ...pop, challenge: 'A'.repeat(34) } }],
    [
      'a challenge with unused bits that are not zero',
      { proof_of_possession: { ...pop, challenge: `${'A'.repeat(21)}B` } },
    ],
    ['a proof with an unknown member', { proof_of_possession: { ...pop, nonce: 'x' } }],
    ['a proof without signature', { proof_of_possession: { challenge: pop.challenge } }],
    ['a publication time that is a string', { published_at: String(T0) }],
    ['a negative publication time', { published_at: -1 }],
    ['an expiry of zero', { expires_at: 0 }],
    ['an expiry before publication', { published_at: T0, expires_at: T0 }],
    ['extensions that are no object', { extensions: [] }],
    ['an unknown member beside another fault', { region: 'eu', display_name: 1 }],
  ])('refuses %s', (_, changes) => {
    expect(verifyText(changed(changes))).toBe('MANIFEST_INVALID manifest.body')
  })

  it('gives an unknown member its own code when it is the only defect', () => {
    expect(verifyText(changed({ deployment_region: 'eu' }))).toBe('UNKNOWN_FIELD manifest.body')
  })

  it.each([
    ['no JSON', '<html>'],
    ['an array', '[]'],
    ['a bare body', JSON.stringify(body)],
    ['a member beside the wrapper', JSON.stringify({ manifest: body, signature: 'x' })],
    ['a body that is no object', '{"manifest":[]}'],
    ['a duplicated member', JSON.stringify({ manifest: body }).replace('"aid":', `"aid":"${B.aid}","aid":`)],
    ['a byte order mark', `\ufeff${built.text}`],
    ['a fraction for an integer', built.text.replace(String(T0 + 86400), `${T0 + 86400}.0`)],
    ['more than 256 KiB', built.text + ' '.repeat(256 * 1024)],
  ])('refuses %s', (_, text) => {
    expect(verifyText(text)).toBe('MANIFEST_INVALID manifest.wrapper')
  })

  it.each(['aitp/0.1', 'aitp/0.3', 'AITP/0.2', ''])(
    'refuses version %j before it looks at the body',
    (version) => {
      const text = changed({ version, display_name: 1 })
      expect(verifyText(text)).toBe('MANIFEST_VERSION_UNKNOWN manifest.version')
    },
  )

  it('has expired when the clock reads expires_at, not a second before', () => {
    expect(verifyText(built.text, { now: T0 + 86399 })).toBe('accepted')
    expect(verifyText(built.text, { now: T0 + 86400 })).toBe('MANIFEST_EXPIRED manifest.expires_at')
  })

  it('may be published 300 s ahead of this clock, not more', () => {
    expect(verifyText(built.text, { now: T0 - 1300 })).toBe('accepted')
    expect(verifyText(built.text, { now: T0 - 1301 })).toBe('MANIFEST_INVALID manifest.published_at')
  })

  describe('signatures', () => {
    const { challenge } = pop
    const bytes = new Uint8Array(Buffer.from(challenge, 'base64url'))
    const popBy = (key: typeof A, input: Uint8Array = bytes) => ({
      challenge,
      signature: signField(key, input),
    })

    it.each([
      ['by another key', popBy(ATTACKER)],
      ['over the text of the challenge', popBy(A, engine.utf8Encode(challenge))],
      ['over another challenge', popBy(A, new Uint8Array(16))],
      ['of an unknown form', { challenge, signature: 'x' }],
      ['with the tag of another algorithm', popBy(P)],
    ])('refuses a proof of possession %s', (_, proof_of_possession) => {
      expect(verifyText(changed({ proof_of_possession }))).toBe('MANIFEST_POP_FAILED manifest.pop')
    })

    it.each<[string, string]>([
      ['by another key', changed({}, ATTACKER)],
      ['from before a member was changed', tampered({ display_name: 'mallory' })],
      ['from before a member was added', tampered({ extensions: {} })],
      ['of an unknown form', tampered({ signature: 'x' })],
      ['in padded base64url', tampered({ signature: `${body.signature}==` })],
    ])('refuses a signature %s', (_, text) => {
      expect(verifyText(text)).toBe('MANIFEST_SIGNATURE_INVALID manifest.signature')
    })

    it('names the proof of possession first when both are broken', () => {
      const text = tampered({ proof_of_possession: popBy(ATTACKER), signature: 'x' })
      expect(verifyText(text)).toBe('MANIFEST_POP_FAILED manifest.pop')
    })
  })

  it('refuses a pinned-key hint with the key of another agent', () => {
    const identity_hint = { ...hint, public_key: B.aid.slice('aid:pubkey:'.length) }
    expect(verifyText(changed({ identity_hint }))).toBe('IDENTITY_FAILED manifest.identity_hint')
  })

  describe('the AID pinned for a peer', () => {
    it('is accepted in either textual form', () => {
      const tagged = aidText(A.aid.replace('pubkey:', 'pubkey:ed25519:'))
      expect(verifyText(built.text, { expectedAid: A.aid })).toBe('accepted')
      expect(verifyText(built.text, { expectedAid: tagged })).toBe('accepted')
    })

    it('refuses a manifest that is in order but another agent’s', () => {
      expect(verifyText(built.text, { expectedAid: B.aid })).toBe('IDENTITY_FAILED manifest.expected_aid')
    })
  })

  describe('http on loopback, where it is allowed', () => {
    const allowLoopbackHttp = true

    it.each([
      'http://127.0.0.1:8100/aitp/handshake/',
      'http://localhost/aitp/',
      'http://[::1]:80/',
      'https://a.example.com/',
    ])('%s is accepted', (handshake_endpoint) => {
      expect(verifyText(changed({ handshake_endpoint }), { allowLoopbackHttp })).toBe('accepted')
    })

    it.each([
      'http://127.0.0.1.example.com/',
      'http://127.0.0.1@example.com/',
      'http://localhost.example.com/',
      'http://127.0.0.2/',
      'http://0.0.0.0/',
      'http://example.com/#http://127.0.0.1/',
      'ftp://127.0.0.1/',
      'file:///etc/passwd',
    ])('%s is refused', (handshake_endpoint) => {
      expect(verifyText(changed({ handshake_endpoint }), { allowLoopbackHttp })).toBe(
        'MANIFEST_INVALID manifest.body',
      )
    })
  })

  it('lists its checks in the order of the specification', () => {
    expect(manifestChecks.map(({ id }) => id)).toEqual([
      'manifest.wrapper',
      'manifest.version',
      'manifest.body',
      'manifest.published_at',
      'manifest.expires_at',
      'manifest.pop',
      'manifest.signature',
      'manifest.identity_hint',
      'manifest.expected_aid',
    ])
  })
})

describe('buildManifest', () => {
  it('emits neither empty extensions nor members that were not given', () => {
    const { document } = aitp.buildManifest(
      A,
      {
        subject: 'a',
        handshakeEndpoint: 'https://a.example.com/',
        offeredCapabilities: [],
        acceptedIdentityTypes: ['pinned_key'],
        acceptedTrustAnchors: [],
        publishedAt: T0,
        expiresAt: T0 + 1,
        extensions: {},
      },
      { randomBytes: (length) => new Uint8Array(length) },
    )
    expect(Object.keys(document.manifest).sort()).toEqual([
      'accepted_identity_types',
      'accepted_trust_anchors',
      'aid',
      'expires_at',
      'handshake_endpoint',
      'identity_hint',
      'offered_capabilities',
      'proof_of_possession',
      'published_at',
      'signature',
      'version',
    ] satisfies (keyof ManifestBody)[])
  })

  it('refuses its own mistakes as a stranger would', () => {
    const endpoint = 'http://alpha.example.com/'
    expect(refusal(() => manifestOf(A, 'alpha', { endpoint }))).toBe('MANIFEST_INVALID manifest.body')
    expect(refusal(() => manifestOf(A, 'alpha', { expiresAt: T0 - 2000 }))).toBe(
      'MANIFEST_INVALID manifest.body',
    )
    expect(() => manifestOf(P, 'p')).toThrow(TypeError)
  })
})
