import { describe, expect, it } from 'vitest'
import { decideRevocation, type RevocationPolicy, type TctContext } from '../../../src/aitp/index.ts'
import { A, aitp, B, mint, refusal, T0 } from '../fixtures.ts'

const LISTED = '550e8400-e29b-41d4-a716-446655440099'
const CLEAR = '550e8400-e29b-41d4-a716-446655440000'
const grants = ['a', 'b']
const { text } = aitp.buildRevocationList(A, {
  entries: [{ jti: LISTED, revoked_at: T0 }],
  publishedAt: T0,
})
const snapshot = aitp.verifyRevocationList(text, { now: T0 })

function decide(policy: RevocationPolicy, list: typeof snapshot | null, jti = CLEAR, now = T0) {
  const decision = decideRevocation(policy, list, { jti, grants, now })
  return decision.outcome === 'revoked' ? 'revoked' : `${decision.outcome} ${decision.grants.join()}`
}

describe('decideRevocation', () => {
  it.each<[string, RevocationPolicy, string, string, string]>([
    ['fail_closed', { mode: 'fail_closed' }, 'clear a,b', 'revoked', 'revoked'],
    ['fail_open', { mode: 'fail_open' }, 'clear a,b', 'revoked', 'unchecked a,b'],
    ['soft_fail', { mode: 'soft_fail', safeGrants: ['b', 'c'] }, 'clear a,b', 'revoked', 'narrowed b'],
    [
      'soft_fail, nothing safe granted',
      { mode: 'soft_fail', safeGrants: ['c'] },
      'clear a,b',
      'revoked',
      'narrowed ',
    ],
    ['soft_fail, nothing safe', { mode: 'soft_fail', safeGrants: [] }, 'clear a,b', 'revoked', 'revoked'],
    ['soft_fail without safe grants', { mode: 'soft_fail' }, 'clear a,b', 'revoked', 'revoked'],
  ])('%s', (_, policy, unlisted, listed, none) => {
    expect(decide(policy, snapshot)).toBe(unlisted)
    expect(decide(policy, snapshot, LISTED)).toBe(listed)
    expect(decide(policy, null)).toBe(none)
    expect(decide(policy, snapshot, CLEAR, T0 + 301)).toBe(none)
    expect(decide(policy, snapshot, LISTED, T0 + 3600)).toBe(none)
  })

  it('takes the age of a snapshot from the policy', () => {
    const patient: RevocationPolicy = { mode: 'fail_closed', maxStalenessSecs: 86400 }
    expect(decide(patient, snapshot, CLEAR, T0 + 301)).toBe('clear a,b')
    expect(decide(patient, snapshot, CLEAR, T0 + 3600)).toBe('revoked')
  })
})

describe('verifyTct with a decision', () => {
  const token = mint(A, {
    ver: 'aitp/0.2',
    jti: CLEAR,
    iss: A.aid,
    sub: B.aid,
    aud: B.aid,
    iat: T0,
    exp: T0 + 3600,
    grants,
    cnf: { jkt: aitp.thumbprint(B.aid) },
  })

  function context(policy: RevocationPolicy, more: Partial<TctContext> = {}): TctContext {
    return {
      now: T0,
      revocation: (jti, issuer, asked) => {
        expect(issuer).toBe(A.aid)
        return decideRevocation(policy, null, { jti, grants: asked, now: T0 })
      },
      ...more,
    }
  }

  it('refuses, narrows or lets pass as the policy says', () => {
    const soft: RevocationPolicy = { mode: 'soft_fail', safeGrants: ['b'] }
    const verdict = (policy: RevocationPolicy, more: Partial<TctContext> = {}) =>
      refusal(() => aitp.verifyTct(token, context(policy, more)))
    expect(verdict({ mode: 'fail_closed' })).toBe('TCT_REVOKED tct.revocation')
    expect(verdict({ mode: 'fail_open' })).toBe('accepted')
    expect(aitp.verifyTct(token, context(soft)).grants).toEqual(['b'])
    expect(verdict(soft, { requiredGrant: 'a' })).toBe('POLICY_VIOLATION tct.required_grant')
    expect(verdict(soft, { requiredGrant: 'b' })).toBe('accepted')
    expect(verdict({ mode: 'soft_fail', safeGrants: ['c'] })).toBe('POLICY_VIOLATION tct.revocation')
  })

  it('asks nobody about a token whose signature does not verify', () => {
    const isRevoked = () => {
      throw new TypeError('asked')
    }
    expect(refusal(() => aitp.verifyTct(`${token.slice(0, -2)}AA`, { now: T0, isRevoked }))).toMatch(
      /^TCT_SIGNATURE_INVALID/,
    )
  })
})

describe('a snapshot that says nothing about the token', () => {
  it('is none when another agent issued it, or when it was found unusable before', () => {
    const closed = { mode: 'fail_closed' } as const
    const question = { jti: CLEAR, grants, now: T0 }
    expect(decideRevocation(closed, snapshot, { ...question, issuer: A.aid }).outcome).toBe('clear')
    expect(decideRevocation(closed, snapshot, { ...question, issuer: B.aid }).outcome).toBe('revoked')
    const old = { ...snapshot, unusable: 'older than the newest seen' }
    expect(decideRevocation(closed, old, question).outcome).toBe('revoked')
  })
})
