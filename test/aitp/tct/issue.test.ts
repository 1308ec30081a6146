import { describe, expect, it } from 'vitest'
import { A, aitp, B, refusal, T0 } from '../fixtures.ts'

const options = {
  subject: B.aid,
  grants: ['alpha.read'],
  now: T0,
  ttlSecs: 3600,
  notAfter: T0 + 86400,
  jti: '550e8400-e29b-41d4-a716-446655440000',
}

describe('issueTct', () => {
  it('lives for its time to live, but never longer than the manifest', () => {
    expect(aitp.issueTct(A, options).claims.exp).toBe(T0 + 3600)
    expect(aitp.issueTct(A, { ...options, notAfter: T0 + 60 }).claims.exp).toBe(T0 + 60)
  })

  it('mints a voucher only when asked to', () => {
    expect(aitp.issueTct(A, options).voucher).toBeNull()
    expect(aitp.issueTct(A, { ...options, issueVoucher: true }).voucher).not.toBeNull()
  })

  it('refuses to grant nothing, and to issue from an expired manifest', () => {
    expect(refusal(() => aitp.issueTct(A, { ...options, grants: [] }))).toBe('POLICY_VIOLATION null')
    expect(refusal(() => aitp.issueTct(A, { ...options, notAfter: T0 }))).toBe('MANIFEST_EXPIRED null')
  })

  it.each([{ jti: 'x' }, { now: 1.5 }, { ttlSecs: 0 }, { ttlSecs: Number.NaN }])(
    '%j is our own mistake',
    (mistake) => {
      expect(() => aitp.issueTct(A, { ...options, ...mistake })).toThrow(TypeError)
    },
  )
})
