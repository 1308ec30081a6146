import { describe, expect, it } from 'vitest'
import { bundleSigningInput } from '../../../src/aitp/bundle/build.ts'
import { type Aid, bundleChecks, type SessionBundleContext } from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aitp,
  B,
  C,
  D,
  engine,
  manifestOf,
  mint,
  readVector,
  refusal,
  signField,
  T0,
} from '../fixtures.ts'

const SESSION = '650e8400-e29b-41d4-a716-446655440000'
const NOW = T0 + 10
const jtis = ['a', 'b', 'c'].map((digit) => `550e8400-e29b-41d4-a716-44665544000${digit}`)

/** A coordinates B and C. */
const tctFor = (subject: Aid, index: number, ttlSecs: number) =>
  aitp.issueTct(A, {
    subject,
    grants: ['alpha.read'],
    now: T0,
    ttlSecs,
    notAfter: T0 + 86400,
    jti: jtis[index] ?? '',
  })
const ofB = tctFor(B.aid, 0, 3600)
const ofC = tctFor(C.aid, 1, 1800)
const participants = [
  { aid: B.aid, tct: ofB.token },
  { aid: C.aid, tct: ofC.token },
]
const built = aitp.buildSessionBundle(A, { sessionId: SESSION, issuedAt: NOW, participants })
const body = built.document.session_bundle
const context: SessionBundleContext = { now: NOW, selfAid: B.aid, expectedCoordinator: A.aid }

type Changes = Readonly<Record<string, unknown>>

function signed(changes: Changes, key = A, form: 'inner' | 'wrapped' = 'inner'): string {
  const kept = Object.entries({ ...body, ...changes, signature: undefined })
  const tree = Object.fromEntries(kept.filter(([, value]) => value !== undefined))
  const signature = signField(key, bundleSigningInput(engine, tree, form))
  return JSON.stringify({ session_bundle: { ...tree, signature } })
}

function verify(text: string, changes: Partial<SessionBundleContext> = {}): string {
  return refusal(() => aitp.verifySessionBundle(text, { ...context, ...changes }))
}

/** The bundle with another token for B. */
function withToken(claims: Changes, key = A): string {
  const tct = mint(key, { ...ofB.claims, ...claims })
  return verify(signed({ participants: [{ aid: B.aid, tct }, participants[1]] }))
}

describe('verifySessionBundle', () => {
  it('says who takes part, and ends with the first token', () => {
    expect(aitp.verifySessionBundle(built.text, context)).toEqual({
      kind: 'clear',
      sessionId: SESSION,
      coordinator: A.aid,
      expiresAt: T0 + 1800,
      activeAids: [B.aid, C.aid],
      droppedAids: [],
      contentHash: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    })
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['a body without its wrapper', JSON.stringify(body)],
    ['a member beside the wrapper', JSON.stringify({ ...built.document, x: 1 })],
    ['the signature beside the wrapper', JSON.stringify({ ...built.document, signature: body.signature })],
    ['a repeated member', built.text.replace('{', '{"session_bundle":1,')],
  ])('refuses %s', (_, text) => {
    expect(verify(text)).toBe('SESSION_BUNDLE_INVALID bundle.wrapper')
  })

  it.each(['version', 'session_id', 'coordinator', 'issued_at', 'expires_at', 'participants'])(
    'refuses a body without %s',
    (name) => {
      expect(verify(signed({ [name]: undefined }))).toBe('SESSION_BUNDLE_INVALID bundle.body')
    },
  )

  it.each<[string, Changes]>([
    ['a participant twice', { participants: [...participants, participants[0]] }],
    ['a participant with another member', { participants: [{ ...participants[0], x: 1 }] }],
    ['a participant without a token', { participants: [{ aid: B.aid }] }],
    ['participants that are no list', { participants: {} }],
    [
      'more than 1024 participants',
      { participants: Array.from({ length: 1025 }, () => ({ aid: B.aid, tct: 'x' })) },
    ],
    ['an unknown member beside another fault', { x: 1, issued_at: -1 }],
  ])('refuses %s', (_, changes) => {
    expect(verify(signed(changes))).toBe('SESSION_BUNDLE_INVALID bundle.body')
  })

  it('gives an unknown member its own code, and keeps extensions in what is signed', () => {
    expect(verify(signed({ x: 1 }))).toBe('UNKNOWN_FIELD bundle.body')
    expect(verify(signed({ extensions: { tee: {} } }))).toBe('accepted')
  })

  it('refuses another version, an expired bundle and an empty one, in this order and before the signature', () => {
    const unsigned = (changes: Changes) => verify(signed(changes, ATTACKER))
    expect(unsigned({ version: 'aitp/0.1', expires_at: NOW })).toBe('BUNDLE_VERSION_MISMATCH bundle.version')
    expect(unsigned({ expires_at: NOW, participants: [] })).toBe('BUNDLE_EXPIRED bundle.expires_at')
    expect(unsigned({ participants: [] })).toBe('BUNDLE_EMPTY_PARTICIPANTS bundle.participants')
  })

  it('refuses another end than that of the first token', () => {
    for (const expires_at of [T0 + 1799, T0 + 1801])
      expect(verify(signed({ expires_at }))).toBe('BUNDLE_EXPIRY_WINDOW_INVARIANT bundle.window')
    const undecodable = { participants: [{ aid: B.aid, tct: 'x' }] }
    expect(verify(signed(undecodable))).toBe('BUNDLE_PARTICIPANT_TCT_INVALID bundle.window')
  })

  it('refuses another coordinator and a signature that does not verify', () => {
    expect(verify(signed({ coordinator: D.aid }, D))).toBe('BUNDLE_INVALID_SIGNATURE bundle.coordinator')
    expect(verify(signed({}, ATTACKER))).toBe('BUNDLE_INVALID_SIGNATURE bundle.signature')
  })

  it('accepts the wrapped form only where it is allowed', () => {
    const wrapped = signed({}, A, 'wrapped')
    expect(verify(wrapped)).toBe('BUNDLE_INVALID_SIGNATURE bundle.signature')
    expect(verify(wrapped, { compat: { acceptWrappedBundle: true } })).toBe('accepted')
    const compat = { emitWrappedBundle: true }
    const emitted = aitp.buildSessionBundle(A, { sessionId: SESSION, issuedAt: NOW, participants, compat })
    expect(JSON.parse(emitted.text)).toEqual(JSON.parse(wrapped))
  })

  it('compares issuer and holder of a token before verifying it', () => {
    expect(withToken({ iss: D.aid }, D)).toBe('BUNDLE_COORDINATOR_ISSUER_MISMATCH participant.0.iss')
    expect(withToken({ aud: C.aid })).toBe('BUNDLE_AUDIENCE_MISMATCH participant.0.aud')
    expect(withToken({ sub: C.aid })).toBe('BUNDLE_AUDIENCE_MISMATCH participant.0.aud')
    expect(withToken({}, ATTACKER)).toBe('BUNDLE_PARTICIPANT_TCT_INVALID participant.0.tct')
    expect(withToken({ iat: NOW + 31 })).toBe('BUNDLE_PARTICIPANT_TCT_INVALID participant.0.tct')
  })

  it('holds the tokens to the manifest of the coordinator', () => {
    const coordinatorManifest = manifestOf(A, 'alpha', { expiresAt: T0 + 1000 }).verified
    expect(verify(built.text, { coordinatorManifest })).toBe(
      'BUNDLE_PARTICIPANT_TCT_INVALID participant.0.tct',
    )
  })

  it('is for participants', () => {
    expect(verify(built.text, { selfAid: D.aid })).toBe('BUNDLE_NOT_MEMBER bundle.member')
  })

  it('refuses a session known with other content', () => {
    const { contentHash } = aitp.verifySessionBundle(built.text, context)
    expect(verify(built.text, { knownContent: () => contentHash })).toBe('accepted')
    const again = signed({ issued_at: NOW + 1 })
    expect(verify(again, { knownContent: () => contentHash })).toBe('SESSION_BUNDLE_INVALID bundle.session')
    expect(verify(again, { knownContent: () => undefined })).toBe('accepted')
  })

  it('leaves revoked participants out, and is of no use without its own', () => {
    const revoking = (index: number) => ({ isRevoked: (jti: string) => jti === jtis[index] })
    expect(aitp.verifySessionBundle(built.text, { ...context, ...revoking(1) })).toMatchObject({
      kind: 'degraded',
      activeAids: [B.aid],
      droppedAids: [C.aid],
    })
    expect(verify(built.text, revoking(0))).toBe('BUNDLE_PARTICIPANT_TCT_INVALID bundle.revocation')
  })

  it('reports each participant by its place', () => {
    const collector = aitp.createCollector()
    aitp.verifySessionBundle(built.text, { ...context, collector })
    const report = collector.report('session_bundle', NOW)
    expect(report.verdict).toBe('accepted')
    expect(report.checks.map(({ id }) => id)).toEqual(bundleChecks(2).map(({ id }) => id))
    verify('', { collector })
    expect(collector.report('session_bundle', NOW).checks).toHaveLength(bundleChecks(0).length)
  })
})

describe('buildSessionBundle', () => {
  const build = (changes: object) => () =>
    aitp.buildSessionBundle(A, { sessionId: SESSION, issuedAt: NOW, participants, ...changes })

  it.each<[string, object, string]>([
    ['nobody', { participants: [] }, 'BUNDLE_EMPTY_PARTICIPANTS null'],
    ['a token that has expired', { issuedAt: T0 + 1800 }, 'TCT_EXPIRED tct.exp'],
    ['a revoked token', { isRevoked: () => true }, 'TCT_REVOKED tct.revocation'],
    ['the token of another', { participants: [{ aid: C.aid, tct: ofB.token }] }, 'AUDIENCE_MISMATCH tct.aud'],
  ])('refuses %s', (_, changes, expected) => {
    expect(refusal(build(changes))).toBe(expected)
  })

  it('takes a bad session id or a repeated participant for a mistake', () => {
    expect(build({ sessionId: 'x' })).toThrow(TypeError)
    expect(build({ participants: [participants[0], participants[0]] })).toThrow(TypeError)
  })
})

describe('known answers', () => {
  it('the signed example verifies and is signed again to the same characters', () => {
    const { session_bundle } = readVector<(typeof built)['document']>(
      'aitp/known-answer/signed-examples/session-bundle/kat-keypair-001-bundle.json',
    )
    const verified = aitp.verifySessionBundle(JSON.stringify({ session_bundle }), { ...context, now: T0 })
    expect(verified.activeAids).toEqual([B.aid])
    const again = aitp.buildSessionBundle(A, {
      sessionId: session_bundle.session_id,
      issuedAt: T0,
      participants: session_bundle.participants.map(({ tct }) => ({ aid: B.aid, tct })),
    })
    expect(again.document.session_bundle).toEqual(session_bundle)
  })

  it('the derived bundle, in both forms', () => {
    const { session_bundle: derived } = readVector<{
      session_bundle: {
        body: { session_id: string; issued_at: number; participants: readonly { tct: string }[] }
        inner_signature: string
        wrapped_signature: string
      }
    }>('aitp/derived/worked-transcript.json')
    const { session_id: sessionId, issued_at: issuedAt } = derived.body
    const aids = [A.aid, C.aid]
    const worked = derived.body.participants.map(({ tct }, index) => ({ aid: aids[index] ?? A.aid, tct }))
    const options = { sessionId, issuedAt, participants: worked }
    const signatureOf = (compat: object) =>
      aitp.buildSessionBundle(B, { ...options, compat }).document.session_bundle.signature
    expect(signatureOf({})).toBe(derived.inner_signature)
    expect(signatureOf({ emitWrappedBundle: true })).toBe(derived.wrapped_signature)
  })
})
