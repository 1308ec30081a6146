import { describe, expect, it } from 'vitest'
import {
  newerRevocationList,
  revocationChecks,
  type VerifyRevocationListOptions,
} from '../../../src/aitp/index.ts'
import { revocationSigningInput } from '../../../src/aitp/revocation/build.ts'
import { A, ATTACKER, aitp, B, engine, readVector, refusal, signField, T0 } from '../fixtures.ts'

const JTI = '550e8400-e29b-41d4-a716-446655440099'
const NOW = T0 + 10
const entries = [{ jti: JTI, revoked_at: T0, reason: 'key_compromised' }]
const built = aitp.buildRevocationList(A, { entries, publishedAt: T0 })
const options: VerifyRevocationListOptions = { now: NOW, expectedIssuer: A.aid }

type Changes = Readonly<Record<string, unknown>>

/** The snapshot with another body, correctly signed over it. */
function signed(changes: Changes, key = A, form: 'inner' | 'wrapped' = 'inner'): string {
  const kept = Object.entries({ ...built.document.revocation_list, ...changes })
  const body = Object.fromEntries(kept.filter(([, value]) => value !== undefined))
  const signature = signField(key, revocationSigningInput(engine, body, form))
  return JSON.stringify({ revocation_list: body, signature })
}

function verify(text: string, changes: Partial<VerifyRevocationListOptions> = {}): string {
  return refusal(() => aitp.verifyRevocationList(text, { ...options, ...changes }))
}

describe('verifyRevocationList', () => {
  it('gives what an issuer has revoked, and until when that is known', () => {
    expect(aitp.verifyRevocationList(built.text, options)).toEqual({
      issuer: A.aid,
      publishedAt: T0,
      expiresAt: T0 + 3600,
      revoked: new Map([[JTI, entries[0]]]),
      unusable: null,
    })
  })

  it('an empty list is a document like any other', () => {
    const { text } = aitp.buildRevocationList(A, { entries: [], publishedAt: T0, ttlSecs: 60 })
    const list = aitp.verifyRevocationList(text, options)
    expect([list.revoked.size, list.expiresAt]).toEqual([0, T0 + 60])
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['a list of lists', '[]'],
    ['a body without its wrapper', JSON.stringify(built.document.revocation_list)],
    ['a member beside the two', JSON.stringify({ ...built.document, x: 1 })],
    ['no signature', JSON.stringify({ revocation_list: built.document.revocation_list })],
    ['a signature that is no text', JSON.stringify({ ...built.document, signature: 1 })],
    ['a list that is null', JSON.stringify({ ...built.document, revocation_list: null })],
    ['a repeated member', built.text.replace('{', '{"signature":"x",')],
  ])('refuses %s', (_, text) => {
    expect(verify(text)).toBe('REVOCATION_SNAPSHOT_INVALID revocation.wrapper')
  })

  it.each(['version', 'issuer', 'published_at', 'expires_at', 'entries'])(
    'refuses a list without %s',
    (name) => {
      expect(verify(signed({ [name]: undefined }))).toBe('REVOCATION_SNAPSHOT_INVALID revocation.list')
    },
  )

  it.each<[string, Changes]>([
    ['an issuer that is no AID', { issuer: 'x' }],
    ['entries that are no list', { entries: {} }],
    ['an entry without a time', { entries: [{ jti: JTI }] }],
    ['an entry with an unknown member', { entries: [{ ...entries[0], x: 1 }] }],
    ['an id in capitals', { entries: [{ jti: JTI.toUpperCase(), revoked_at: T0 }] }],
    ['a reason that is no text', { entries: [{ jti: JTI, revoked_at: T0, reason: 1 }] }],
    ['an end before its beginning', { expires_at: T0 }],
    ['an unknown member beside another fault', { x: 1, published_at: -1 }],
  ])('refuses %s', (_, changes) => {
    expect(verify(signed(changes))).toBe('REVOCATION_SNAPSHOT_INVALID revocation.list')
  })

  it('gives an unknown member its own code, and keeps extensions in what is signed', () => {
    expect(verify(signed({ x: 1 }))).toBe('UNKNOWN_FIELD revocation.list')
    expect(verify(signed({ extensions: { 'com.example.x': 1 } }))).toBe('accepted')
  })

  it('refuses another version, and the list of another issuer', () => {
    expect(verify(signed({ version: 'aitp/0.1' }))).toBe('REVOCATION_SNAPSHOT_INVALID revocation.version')
    expect(verify(signed({ issuer: B.aid }, B))).toBe('REVOCATION_SNAPSHOT_INVALID revocation.issuer')
    expect(verify(signed({ issuer: B.aid }, B), { expectedIssuer: undefined })).toBe('accepted')
  })

  it('refuses a signature that does not verify', () => {
    expect(verify(signed({}, ATTACKER))).toBe('REVOCATION_SNAPSHOT_SIGNATURE_INVALID revocation.signature')
    const changed = built.text.replace('key_compromised', 'key_compromisee')
    expect(verify(changed)).toBe('REVOCATION_SNAPSHOT_SIGNATURE_INVALID revocation.signature')
    const tagged = JSON.stringify({ ...built.document, signature: `p256.${built.document.signature}` })
    expect(verify(tagged)).toBe('REVOCATION_SNAPSHOT_SIGNATURE_INVALID revocation.signature')
  })

  it('accepts the wrapped form only where it is allowed', () => {
    const wrapped = signed({}, A, 'wrapped')
    expect(verify(wrapped)).toBe('REVOCATION_SNAPSHOT_SIGNATURE_INVALID revocation.signature')
    expect(verify(wrapped, { compat: { acceptWrappedRevocation: true } })).toBe('accepted')
    expect(verify(built.text, { compat: { acceptWrappedRevocation: true } })).toBe('accepted')
    const emitted = aitp.buildRevocationList(A, {
      entries,
      publishedAt: T0,
      compat: { emitWrappedRevocation: true },
    })
    expect(JSON.parse(emitted.text)).toEqual(JSON.parse(wrapped))
  })

  it.each<[string, number, string]>([
    ['has expired', T0 + 3600, 'TCT_REVOKED revocation.expires_at'],
    ['is 301 s old', T0 + 301, 'TCT_REVOKED revocation.age'],
    ['is 300 s old', T0 + 300, 'accepted'],
    ['is 300 s ahead', T0 - 300, 'accepted'],
    ['is 301 s ahead', T0 - 301, 'TCT_REVOKED revocation.age'],
  ])('counts a snapshot as none when it %s', (_, now, expected) => {
    expect(verify(built.text, { now })).toBe(expected)
    const list = aitp.verifyRevocationList(built.text, { ...options, now, failMode: 'soft_fail' })
    expect(list.unusable === null).toBe(expected === 'accepted')
  })

  it('takes how old it may be from the policy', () => {
    expect(verify(built.text, { now: T0 + 3000, maxStalenessSecs: 86400 })).toBe('accepted')
    expect(verify(built.text, { now: T0 + 3, maxStalenessSecs: 2 })).toBe('TCT_REVOKED revocation.age')
  })

  it('ignores a snapshot older than the newest one known', () => {
    const newest = aitp.verifyRevocationList(signed({ published_at: T0 + 1 }), options)
    expect(verify(built.text, { newest })).toBe('TCT_REVOKED revocation.newest')
    expect(verify(signed({ published_at: T0 + 1 }), { newest })).toBe('accepted')
    const older = aitp.verifyRevocationList(built.text, { ...options, newest, failMode: 'fail_open' })
    expect(older.unusable).toContain('published_at')
    expect(newerRevocationList(newest, older)).toBe(newest)
    expect(newerRevocationList(null, older)).toBe(older)
    expect(newerRevocationList(older, newest)).toBe(newest)
  })

  it('shows a snapshot that counts as none in amber, or as refused', () => {
    const collector = aitp.createCollector()
    aitp.verifyRevocationList(built.text, { ...options, now: T0 + 301, failMode: 'fail_open', collector })
    const report = collector.report('revocation_list', T0 + 301)
    expect(report.verdict).toBe('accepted')
    expect(report.checks.find(({ id }) => id === 'revocation.age')).toMatchObject({ status: 'skipped' })
    verify(built.text, { now: T0 + 301, collector })
    expect(collector.report('revocation_list', T0 + 301)).toMatchObject({
      verdict: 'refused',
      code: 'TCT_REVOKED',
    })
    expect(revocationChecks.map(({ id }) => id.replace('revocation.', '')).join(' ')).toBe(
      'wrapper list version issuer signature expires_at age newest',
    )
  })

  it('is built from ids in their one spelling and whole seconds', () => {
    const build = (changes: object) => () =>
      aitp.buildRevocationList(A, { entries, publishedAt: T0, ...changes })
    expect(build({ entries: [{ jti: JTI.toUpperCase(), revoked_at: T0 }] })).toThrow(TypeError)
    expect(build({ publishedAt: 1.5 })).toThrow(TypeError)
    expect(build({ ttlSecs: 0 })).toThrow(TypeError)
  })
})

interface DerivedSnapshot {
  readonly body: {
    readonly entries: readonly { jti: string; revoked_at: number }[]
    readonly published_at: number
  }
  readonly inner_signature: string
  readonly wrapped_signature: string
}

describe('known answers', () => {
  it('the signed example verifies and is signed again to the same characters', () => {
    const { revocation_list, signature } = readVector<(typeof built)['document']>(
      'aitp/known-answer/signed-examples/revocation/kat-keypair-001-snapshot.json',
    )
    expect(verify(JSON.stringify({ revocation_list, signature }))).toBe('accepted')
    const again = aitp.buildRevocationList(A, { entries: revocation_list.entries, publishedAt: T0 })
    expect(again.document).toEqual({ revocation_list, signature })
  })

  it.each(['empty', 'one_entry'] as const)('the derived snapshot %s, in both forms', (name) => {
    const { body, inner_signature, wrapped_signature } = readVector<{
      revocation: Readonly<Record<string, DerivedSnapshot>>
    }>('aitp/derived/worked-transcript.json').revocation[name] as DerivedSnapshot
    const common = { entries: body.entries, publishedAt: body.published_at }
    const wrapped = { ...common, compat: { emitWrappedRevocation: true } }
    expect(aitp.buildRevocationList(B, common).document.signature).toBe(inner_signature)
    expect(aitp.buildRevocationList(B, wrapped).document.signature).toBe(wrapped_signature)
  })
})
