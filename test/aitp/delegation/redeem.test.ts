import { describe, expect, it } from 'vitest'
import { A, aitp, B, C, D, manifestOf, mint, readVector, refusal, T0 } from '../fixtures.ts'
import { claims, context, JTI_1, JTI_2, NOW, SRC_JTI, typ, voucher } from './scene.ts'

const delegation = aitp.verifyDelegation(mint(B, claims, { typ }), context)
const manifest = manifestOf(A, 'alpha').verified
const options = { manifest, now: NOW, jti: JTI_1 }

describe('buildDelegation', () => {
  const build = (changes: object = {}) =>
    aitp.buildDelegation(B, { voucher, delegatee: C.aid, scope: ['alpha.read'], now: NOW, ...changes })

  it('lives an hour, and never longer than its voucher', () => {
    expect(build().claims.exp).toBe(T0 + 3600)
    expect(build({ ttlSecs: 60 }).claims.exp).toBe(NOW + 60)
  })

  it('refuses what the verifier would refuse', () => {
    expect(refusal(() => build({ scope: ['x'] }))).toBe('DELEGATION_SCOPE_EXCEEDED delegation.scope')
    expect(refusal(() => build({ scope: [] }))).toBe('DELEGATION_SCOPE_EXCEEDED delegation.scope')
    expect(refusal(() => build({ delegatee: B.aid }))).toBe('DELEGATION_INVALID_SIGNATURE delegation.self')
    expect(refusal(() => build({ now: T0 + 3600 }))).toBe('DELEGATION_EXPIRED delegation.exp')
  })

  it('takes another’s voucher or a bad id for a mistake of the caller', () => {
    const forOther = () => aitp.buildDelegation(C, { voucher, delegatee: D.aid, scope: ['x'], now: NOW })
    expect(forOther).toThrow(TypeError)
    expect(() => build({ jti: 'x' })).toThrow(TypeError)
  })
})

describe('redeemDelegation', () => {
  it('ends with the delegation, carries its scope and no voucher, and links to the source', () => {
    const redeemed = aitp.redeemDelegation(A, delegation, options)
    expect(redeemed).toMatchObject({ voucher: null, link: { jti: JTI_1, src_jti: SRC_JTI } })
    const verified = aitp.verifyTct(redeemed.token, {
      now: NOW,
      expectedIssuer: A.aid,
      expectedAudience: C.aid,
      issuerManifest: manifest,
    })
    expect(verified.claims).toMatchObject({ grants: ['alpha.read'], iat: NOW, exp: NOW + 600, jti: JTI_1 })
  })

  it('ends earlier when the ttl or the manifest does', () => {
    const short = manifestOf(A, 'alpha', { expiresAt: NOW + 20 }).verified
    expect(aitp.redeemDelegation(A, delegation, { ...options, ttlSecs: 30 }).claims.exp).toBe(NOW + 30)
    expect(aitp.redeemDelegation(A, delegation, { ...options, manifest: short }).claims.exp).toBe(NOW + 20)
  })

  it('gives a voucher only when asked to', () => {
    expect(aitp.redeemDelegation(A, delegation, { ...options, issueVoucher: true }).voucher).not.toBeNull()
  })

  it.each<[string, object, string]>([
    [
      'nothing of it is offered any more',
      { manifest: manifestOf(A, 'alpha', { offers: [] }).verified },
      'POLICY_VIOLATION null',
    ],
    ['policy allows the delegatee nothing', { allowedGrants: [] }, 'POLICY_VIOLATION null'],
    ['the delegation has expired since', { now: NOW + 600 }, 'DELEGATION_EXPIRED delegation.exp'],
    [
      'the manifest has expired',
      { manifest: manifestOf(A, 'alpha', { expiresAt: NOW }).verified },
      'MANIFEST_EXPIRED null',
    ],
  ])('refuses when %s', (_, changes, expected) => {
    expect(refusal(() => aitp.redeemDelegation(A, delegation, { ...options, ...changes }))).toBe(expected)
  })

  it('is for the issuer of the source alone', () => {
    expect(() => aitp.redeemDelegation(B, delegation, options)).toThrow(TypeError)
  })

  it('gives the token of the worked transcript', () => {
    const { delegation: worked, manifest_b } = readVector<{
      delegation: { jws: string; redeemed_tct: { jws: string; claims: { jti: string } } }
      manifest_b: object
    }>('aitp/derived/worked-transcript.json')
    const own = aitp.verifyManifest(JSON.stringify(manifest_b), { now: T0 })
    const verified = aitp.verifyDelegation(worked.jws, { now: T0 + 20, selfAid: B.aid, presenter: C.aid })
    const redeemed = aitp.redeemDelegation(B, verified, {
      manifest: own,
      now: T0 + 20,
      jti: worked.redeemed_tct.claims.jti,
    })
    expect(redeemed.token).toBe(worked.redeemed_tct.jws)
    expect(redeemed.link.jti).not.toBe(JTI_2)
  })
})
