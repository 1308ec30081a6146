import { describe, expect, it } from 'vitest'
import { type VoucherContext, voucherChecks } from '../../../src/aitp/index.ts'
import { A, ATTACKER, aitp, B, C, mint, mintText, refusal, T0 } from '../fixtures.ts'

const JTI = '550e8400-e29b-41d4-a716-446655440000'
const typ = 'aitp-grant+jwt'

const issued = aitp.issueTct(A, {
  subject: B.aid,
  grants: ['alpha.read', 'alpha.write'],
  now: T0,
  ttlSecs: 3600,
  notAfter: T0 + 86400,
  jti: JTI,
  issueVoucher: true,
})

const claims = {
  ver: 'aitp/0.2',
  iss: A.aid,
  sub: B.aid,
  grants: ['alpha.read', 'alpha.write'],
  iat: T0,
  exp: T0 + 3600,
  src_jti: JTI,
}

const context: VoucherContext = {
  now: T0 + 10,
  expectedIssuer: A.aid,
  expectedHolder: B.aid,
  tct: issued.claims,
}

function verify(text: string, changes: Partial<VoucherContext> = {}): string {
  return refusal(() => aitp.verifyVoucher(text, { ...context, ...changes }))
}

function changed(changes: Readonly<Record<string, unknown>>): string {
  return verify(mint(A, { ...claims, ...changes }, { typ }))
}

describe('verifyVoucher', () => {
  it('accepts what was issued beside a TCT', () => {
    expect(aitp.verifyVoucher(issued.voucher ?? '', context)).toEqual({ token: issued.voucher, claims })
  })

  it.each(['', 'a.b', mint(A, claims, { header: `{"alg":"EdDSA","typ":"${typ}","kid":"x"}` })])(
    'refuses the structure of %j',
    (text) => {
      expect(verify(text)).toBe('DELEGATION_INVALID_VOUCHER voucher.structure')
    },
  )

  it('refuses the TCT in place of its voucher, and the voucher in place of the TCT', () => {
    expect(verify(issued.token)).toBe('TOKEN_TYP_MISMATCH voucher.typ')
    expect(refusal(() => aitp.verifyTct(issued.voucher ?? '', { now: T0 }))).toBe(
      'TOKEN_TYP_MISMATCH tct.typ',
    )
  })

  it('names no signer when neither the caller nor the token does', () => {
    const open = { expectedIssuer: undefined }
    expect(verify(mintText(A, '{}', { typ }), open)).toBe('DELEGATION_INVALID_VOUCHER voucher.signer')
    expect(verify(mint(A, claims, { typ }), open)).toBe('accepted')
  })

  it('looks at the issuer before alg and signature', () => {
    const foreign = mint(ATTACKER, { ...claims, iss: ATTACKER.aid }, { typ, alg: 'none' })
    expect(verify(foreign)).toBe('DELEGATION_INVALID_VOUCHER voucher.iss')
  })

  it('refuses an alg that is not the issuer’s', () => {
    expect(verify(mint(A, claims, { typ, alg: 'none' }))).toBe('TOKEN_ALG_MISMATCH voucher.alg')
  })

  it('refuses the signature of another key', () => {
    expect(verify(mint(ATTACKER, claims, { typ }))).toBe('DELEGATION_INVALID_VOUCHER voucher.signature')
  })

  it.each(['ver', 'sub', 'grants', 'iat', 'exp', 'src_jti'])('refuses a voucher without %s', (claim) => {
    expect(changed({ [claim]: undefined })).toBe('DELEGATION_INVALID_VOUCHER voucher.claims')
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['empty grants', { grants: [] }],
    ['a repeated grant', { grants: ['a', 'a'] }],
    ['exp before iat', { exp: T0 - 1 }],
    ['a source that is no UUID', { src_jti: 'x' }],
    ['a subject that is no AID', { sub: 'x' }],
    ['an unknown claim beside another fault', { aud: B.aid, iat: null }],
  ])('refuses %s', (_, changes) => {
    expect(changed(changes)).toBe('DELEGATION_INVALID_VOUCHER voucher.claims')
  })

  it.each(['jti', 'aud', 'cnf'])('gives %s, which a TCT has and a voucher has not, its own code', (claim) => {
    expect(changed({ [claim]: 'x' })).toBe('UNKNOWN_FIELD voucher.claims')
  })

  it('finds no issuer in claims that are not strict JSON', () => {
    const text = JSON.stringify(claims).replace('{', '{"sub":"x",')
    expect(verify(mintText(A, text, { typ }))).toBe('DELEGATION_INVALID_VOUCHER voucher.iss')
  })

  it('refuses another version', () => {
    expect(changed({ ver: 'aitp/0.1' })).toBe('UNKNOWN_VERSION voucher.ver')
  })

  it('refuses another holder than the expected one', () => {
    expect(changed({ sub: C.aid })).toBe('DELEGATION_INVALID_VOUCHER voucher.sub')
  })

  it('has expired when the clock reads exp', () => {
    expect(verify(issued.voucher ?? '', { now: T0 + 3600 })).toBe('DELEGATION_EXPIRED voucher.exp')
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['fewer grants', { grants: ['alpha.read'] }],
    ['more grants', { grants: [...claims.grants, 'alpha.admin'] }],
    ['grants in another order', { grants: ['alpha.write', 'alpha.read'] }],
    ['another iat', { iat: T0 - 1 }],
    ['another exp', { exp: T0 + 7200 }],
    ['another source', { src_jti: '550e8400-e29b-41d4-a716-446655440001' }],
  ])('refuses %s than in the TCT it came with', (_, changes) => {
    expect(changed(changes)).toBe('DELEGATION_INVALID_VOUCHER voucher.mirrors_tct')
  })

  it('falls with the TCT it came with', () => {
    const isRevoked = (jti: string) => jti === JTI
    expect(verify(issued.voucher ?? '', { isRevoked })).toBe(
      'DELEGATION_SOURCE_TCT_REVOKED voucher.revocation',
    )
  })

  it('lists its checks in the order of the specification', () => {
    expect(voucherChecks.map(({ id }) => id.replace('voucher.', '')).join(' ')).toBe(
      'structure typ signer iss alg signature claims ver sub exp mirrors_tct revocation',
    )
  })
})
