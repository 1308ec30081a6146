import type { DelegationContext } from '../../../src/aitp/index.ts'
import { A, aitp, B, C, mint, refusal, T0 } from '../fixtures.ts'

export const SRC_JTI = '550e8400-e29b-41d4-a716-446655440000'
export const JTI_1 = '550e8400-e29b-41d4-a716-446655440001'
export const JTI_2 = '550e8400-e29b-41d4-a716-446655440002'
export const typ = 'aitp-delegation+jwt'
export const NOW = T0 + 10

/** A grants B, and lets it delegate. */
export const voucherText =
  aitp.issueTct(A, {
    subject: B.aid,
    grants: ['alpha.read', 'alpha.write'],
    now: T0,
    ttlSecs: 3600,
    notAfter: T0 + 86400,
    jti: SRC_JTI,
    issueVoucher: true,
  }).voucher ?? ''

export const voucher = aitp.verifyVoucher(voucherText, { now: T0 })

export const voucherClaims = {
  ver: 'aitp/0.2',
  iss: A.aid,
  sub: B.aid,
  grants: ['alpha.read', 'alpha.write'],
  iat: T0,
  exp: T0 + 3600,
  src_jti: SRC_JTI,
}

/** B gives C a part of it. */
export const claims = {
  ver: 'aitp/0.2',
  iss: B.aid,
  sub: C.aid,
  aud: A.aid,
  scope: ['alpha.read'],
  exp: NOW + 600,
  cnf: { jkt: aitp.thumbprint(C.aid) },
  voucher: voucherText,
}

export const context: DelegationContext = { now: NOW, selfAid: A.aid }

export type Changes = Readonly<Record<string, unknown>>

export function verify(text: string, changes: Partial<DelegationContext> = {}): string {
  return refusal(() => aitp.verifyDelegation(text, { ...context, ...changes }))
}

/** The claims with these instead, correctly signed by B. `undefined` leaves the claim out. */
export function changed(changes: Changes, more: Partial<DelegationContext> = {}): string {
  return verify(mint(B, { ...claims, ...changes }, { typ }), more)
}
