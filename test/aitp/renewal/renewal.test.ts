import { beforeEach, describe, expect, it } from 'vitest'
import {
  type RenewalContext,
  type RenewalResponseContext,
  type RenewalStore,
  renewalChecks,
  renewalResponseChecks,
} from '../../../src/aitp/index.ts'
import {
  A,
  aitp,
  B,
  C,
  counting,
  fromB64u,
  manifestOf,
  mint,
  P,
  readVector,
  refusal,
  scripted,
  signField,
  T0,
  uuidBytes,
} from '../fixtures.ts'

const NOW = T0 + 3000
const manifest = manifestOf(B, 'beta', { offers: ['beta.read', 'beta.write'] }).verified

/** B issued this to A. */
const held = aitp.issueTct(B, {
  subject: A.aid,
  grants: ['beta.read', 'beta.write'],
  now: T0,
  ttlSecs: 3600,
  notAfter: T0 + 86400,
  jti: '550e8400-e29b-41d4-a716-446655440000',
})

let renewals: RenewalStore
let randomBytes: ReturnType<typeof counting>

beforeEach(() => {
  renewals = aitp.createRenewalStore({ capacity: 2 })
  randomBytes = counting()
})

const request = () => aitp.buildRenewalRequest(A, held, { randomBytes })

function process(text: string, changes: Partial<RenewalContext> = {}) {
  return aitp.processRenewalRequest(text, { key: B, manifest, renewals, now: NOW, randomBytes, ...changes })
}

function judge(text: string, changes: Partial<RenewalContext> = {}): string {
  return refusal(() => process(text, changes))
}

const edited = (changes: object) => JSON.stringify({ ...JSON.parse(request()), ...changes })

describe('the issuer on a renewal request', () => {
  it('gives the same holder the same grants, a new id and a later end', () => {
    const renewed = process(request())
    expect(renewed).toMatchObject({ voucher: null, previous: held.claims })
    expect(renewed.claims).toMatchObject({
      sub: A.aid,
      grants: held.claims.grants,
      iat: NOW,
      exp: NOW + 3600,
    })
    expect(renewed.claims.jti).not.toBe(held.claims.jti)
    expect(JSON.parse(renewed.text)).toEqual({ tct: renewed.token })
    expect(JSON.parse(process(request(), { issueVoucher: true }).text)).toHaveProperty('grant_voucher')
  })

  it('may let the life depend on the token to be replaced, within that of the manifest', () => {
    const exp = (ttlSecs: RenewalContext['ttlSecs']) => process(request(), { ttlSecs }).claims.exp
    expect(exp((previous) => previous.exp + 1 - NOW)).toBe(held.claims.exp + 1)
    expect(exp(() => 1_000_000)).toBe(manifest.expiresAt)
  })

  it.each<[string, object | string]>([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['a short nonce', { pop_nonce: 'AAAA' }],
    ['a long nonce', { pop_nonce: 'A'.repeat(86) }],
    ['a token that is no text', { current_tct: 1 }],
    ['an empty signature', { pop_signature: '' }],
  ])('refuses %s', (_, change) => {
    expect(judge(typeof change === 'string' ? change : edited(change))).toBe(
      'INVALID_ENVELOPE renewal.request',
    )
  })

  it('refuses a fourth member', () => {
    expect(judge(edited({ x: 1 }))).toBe('UNKNOWN_FIELD renewal.request')
  })

  it.each<[string, () => string, Partial<RenewalContext>, string]>([
    ['that has expired', request, { now: T0 + 3600 }, 'TCT_EXPIRED tct.exp'],
    ['that is revoked', request, { isRevoked: () => true }, 'TCT_REVOKED tct.revocation'],
    [
      'of another issuer',
      () => edited({ current_tct: mint(C, { ...held.claims, iss: C.aid }) }),
      {},
      'TCT_SIGNATURE_INVALID tct.signature',
    ],
    ['that is none', () => edited({ current_tct: 'x' }), {}, 'TCT_SIGNATURE_INVALID tct.structure'],
  ])('refuses a token %s', (_, text, changes, expected) => {
    expect(judge(text(), changes)).toBe(expected)
  })

  it('refuses a proof by another key, over another nonce, or of another form', () => {
    const { pop_nonce } = JSON.parse(request())
    for (const pop_signature of [signField(C, fromB64u(pop_nonce)), signField(A, new Uint8Array(16)), 'x'])
      expect(judge(edited({ pop_nonce, pop_signature }))).toBe('POP_VERIFICATION_FAILED renewal.pop')
  })

  it('answers a request once', () => {
    const text = request()
    expect(judge(text)).toBe('accepted')
    expect(judge(text)).toBe('REPLAY_DETECTED renewal.replay')
    expect(judge(request())).toBe('accepted')
    expect(judge(request())).toBe('REPLAY_DETECTED renewal.replay')
    expect(renewals.size).toBe(2)
  })

  it('keeps the end of a token that was redeemed, and gives no voucher for it', () => {
    const end = NOW + 60
    const renewed = process(request(), { originOf: () => ({ notAfter: end }), issueVoucher: true })
    expect(renewed.claims.exp).toBe(end)
    expect(renewed.voucher).toBeNull()
  })

  it('asks again what the holder may have', () => {
    expect(process(request(), { grantPolicy: () => ['beta.read'] }).claims.grants).toEqual(['beta.read'])
    expect(judge(request(), { grantPolicy: () => [] })).toBe('POLICY_VIOLATION renewal.issue')
    const offersLess = manifestOf(B, 'beta', { offers: ['beta.read'] }).verified
    renewals = aitp.createRenewalStore({ capacity: 9 })
    expect(process(request(), { manifest: offersLess }).claims.grants).toEqual(['beta.read'])
    const revocation = () => ({ outcome: 'narrowed' as const, grants: ['beta.write'], reason: 'stale' })
    expect(process(request(), { revocation }).claims.grants).toEqual(['beta.write'])
  })

  it('renews nothing once its own manifest has run out, and never beyond its end', () => {
    const over = manifestOf(B, 'beta', { expiresAt: NOW }).verified
    expect(judge(request(), { manifest: over })).toBe('MANIFEST_EXPIRED renewal.manifest')
    const soon = manifestOf(B, 'beta', { expiresAt: NOW + 60 }).verified
    expect(process(request(), { manifest: soon }).claims.exp).toBe(NOW + 60)
  })

  it('reports what it checked', () => {
    const collector = aitp.createCollector()
    process(request(), { collector })
    const report = collector.report('renewal_request', NOW)
    expect(report.verdict).toBe('accepted')
    expect(report.checks.map(({ id }) => id)).toEqual(renewalChecks.map(({ id }) => id))
  })
})

describe('the holder on the answer', () => {
  const context: RenewalResponseContext = { now: NOW, previous: held.claims, issuerManifest: manifest }
  const answer = () => process(request(), { issueVoucher: true }).text
  const verdict = (text: string, changes: Partial<RenewalResponseContext> = {}) =>
    refusal(() => aitp.verifyRenewalResponse(text, { ...context, ...changes }))

  it('holds the new token and its voucher', () => {
    const text = answer()
    const { tct, grant_voucher } = JSON.parse(text)
    expect(aitp.verifyRenewalResponse(text, context)).toMatchObject({
      token: tct,
      voucher: grant_voucher,
      unrequestedGrants: [],
    })
    expect(verdict(JSON.stringify({ tct }))).toBe('accepted')
  })

  it.each<[string, () => string, Partial<RenewalResponseContext>, string]>([
    ['no token', () => '{}', {}, 'INVALID_ENVELOPE renewed.response'],
    ['nonsense', () => 'x', {}, 'INVALID_ENVELOPE renewed.response'],
    [
      'another member',
      () => JSON.stringify({ ...JSON.parse(answer()), x: 1 }),
      {},
      'UNKNOWN_FIELD renewed.response',
    ],
    [
      'the token of another issuer',
      answer,
      { previous: { ...held.claims, iss: C.aid } },
      'TCT_SIGNATURE_INVALID tct.signature',
    ],
    [
      'a token for another',
      answer,
      { previous: { ...held.claims, sub: C.aid } },
      'AUDIENCE_MISMATCH tct.aud',
    ],
    ['the same token', () => JSON.stringify({ tct: held.token }), {}, 'TCT_EXPIRED renewed.later'],
    [
      'another voucher',
      () => JSON.stringify({ ...JSON.parse(answer()), grant_voucher: 'x' }),
      {},
      'DELEGATION_INVALID_VOUCHER voucher.structure',
    ],
    [
      'a revoked token',
      answer,
      { isRevoked: () => true },
      'DELEGATION_SOURCE_TCT_REVOKED voucher.revocation',
    ],
    [
      'more than the issuer offers',
      answer,
      { issuerManifest: manifestOf(B, 'beta', { offers: ['beta.read'] }).verified },
      'GRANT_OVERFLOW renewed.grants_offered',
    ],
    ['whatever it offers', answer, { issuerManifest: undefined }, 'accepted'],
  ])('judges %s', (_, text, changes, expected) => {
    expect(verdict(text(), changes)).toBe(expected)
  })

  it('reports what it checked', () => {
    const collector = aitp.createCollector()
    verdict(answer(), { collector })
    const report = collector.report('renewal_response', NOW)
    expect(report.verdict).toBe('accepted')
    expect(report.checks.map(({ id }) => id)).toEqual(renewalResponseChecks.map(({ id }) => id))
  })
})

it('serves a P-256 holder, and asks with no other key', () => {
  const claims = { ...held.claims, sub: P.aid, aud: P.aid, cnf: { jkt: aitp.thumbprint(P.aid) } }
  const own = aitp.verifyTct(mint(B, claims), { now: T0 })
  expect(judge(aitp.buildRenewalRequest(P, own, { randomBytes }))).toBe('accepted')
  expect(() => aitp.buildRenewalRequest(C, held, { randomBytes })).toThrow(TypeError)
})

it('a store forgets what has expired when it needs the room', () => {
  expect(renewals.checkAndRecord('a', 'n', 10, 1)).toBe('recorded')
  expect(renewals.checkAndRecord('b', 'n', 20, 1)).toBe('recorded')
  expect(renewals.checkAndRecord('c', 'n', 20, 1)).toBe('full')
  expect(renewals.checkAndRecord('c', 'n', 20, 10)).toBe('recorded')
  expect(renewals.checkAndRecord('c', 'n', 20, 10)).toBe('replayed')
  expect(() => aitp.createRenewalStore({ capacity: 0 })).toThrow(TypeError)
})

it('the worked renewal comes out byte for byte', () => {
  const { renewal, tct, manifest_b } = readVector<{
    renewal: { request: { pop_nonce: string }; response: object; new_claims: { jti: string } }
    tct: { b_issues_a: { jws: string } }
    manifest_b: object
  }>('aitp/derived/worked-transcript.json')
  const current = aitp.verifyTct(tct.b_issues_a.jws, { now: NOW })
  const text = aitp.buildRenewalRequest(A, current, {
    randomBytes: scripted(fromB64u(renewal.request.pop_nonce)),
  })
  expect(JSON.parse(text)).toEqual(renewal.request)
  const renewed = process(text, {
    manifest: aitp.verifyManifest(JSON.stringify(manifest_b), { now: T0 }),
    issueVoucher: true,
    randomBytes: scripted(uuidBytes(renewal.new_claims.jti)),
  })
  expect(JSON.parse(renewed.text)).toEqual(renewal.response)
})
