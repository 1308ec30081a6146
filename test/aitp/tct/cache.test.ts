import { describe, expect, it } from 'vitest'
import { createAitp, type TctContext } from '../../../src/aitp/index.ts'
import { A, aitp, B, C, engine, manifestOf, mint, refusal, T0 } from '../fixtures.ts'

const { token, claims } = aitp.issueTct(A, {
  subject: B.aid,
  grants: ['alpha.read'],
  now: T0,
  ttlSecs: 3600,
  notAfter: T0 + 86400,
  jti: '550e8400-e29b-41d4-a716-446655440000',
})
const context: TctContext = { now: T0, expectedIssuer: A.aid, expectedAudience: B.aid }

describe('verifyTctCached', () => {
  it('verifies a signature once, and gives the same each time', () => {
    let verified = 0
    const counting = createAitp({
      ...engine,
      ed25519Verify: (...input) => {
        verified += 1
        return engine.ed25519Verify(...input)
      },
    })
    const cache = counting.createVerificationCache({ maxEntries: 10 })
    const results = [1, 2, 3].map(() => counting.verifyTctCached(token, context, cache))
    expect(results).toEqual(results.map(() => ({ token, claims, grants: claims.grants })))
    expect(verified).toBe(1)
    counting.verifyTctCached(`${token}`, { ...context, requiredGrant: 'alpha.read' }, cache)
    expect(verified).toBe(1)
    cache.clear()
    counting.verifyTctCached(token, context, cache)
    expect(verified).toBe(2)
  })

  it.each<[string, Partial<TctContext>, string]>([
    ['has expired since', { now: T0 + 3600 }, 'TCT_EXPIRED tct.exp'],
    ['is revoked since', { isRevoked: () => true }, 'TCT_REVOKED tct.revocation'],
    ['lacks the grant of this call', { requiredGrant: 'alpha.write' }, 'POLICY_VIOLATION tct.required_grant'],
    ['is of another issuer than expected now', { expectedIssuer: C.aid }, 'TCT_SIGNATURE_INVALID tct.iss'],
    ['is for another than expected now', { expectedAudience: C.aid }, 'AUDIENCE_MISMATCH tct.aud'],
    [
      'outlives a manifest published since',
      { issuerManifest: manifestOf(A, 'alpha', { expiresAt: T0 + 60 }).verified },
      'TCT_EXPIRES_AFTER_MANIFEST tct.manifest_expiry',
    ],
  ])('still refuses a known token that %s', (_, changes, expected) => {
    const cache = aitp.createVerificationCache({ maxEntries: 10 })
    aitp.verifyTctCached(token, context, cache)
    expect(refusal(() => aitp.verifyTctCached(token, { ...context, ...changes }, cache))).toBe(expected)
  })

  it('never keeps a refusal, and forgets the oldest token', () => {
    const cache = aitp.createVerificationCache({ maxEntries: 2 })
    refusal(() => aitp.verifyTctCached(token, { ...context, now: T0 + 3600 }, cache))
    expect(cache.size).toBe(0)
    const others = ['1', '2', '3'].map((digit) =>
      mint(A, { ...claims, jti: claims.jti.replace(/.$/, digit) }),
    )
    for (const other of others) aitp.verifyTctCached(other, context, cache)
    expect(cache.size).toBe(2)
    expect(() => aitp.createVerificationCache({ maxEntries: 0 })).toThrow(TypeError)
  })

  it('reports what was verified before', () => {
    const cache = aitp.createVerificationCache({ maxEntries: 2 })
    const collector = aitp.createCollector()
    aitp.verifyTctCached(token, context, cache)
    aitp.verifyTctCached(token, { ...context, collector }, cache)
    const { checks, verdict } = collector.report('tct', T0)
    expect(verdict).toBe('accepted')
    expect(checks.find(({ id }) => id === 'tct.signature')).toMatchObject({
      status: 'passed',
      actual: 'verified before',
    })
  })
})
