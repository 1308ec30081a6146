import { nowOf, type Operation } from '../session.ts'

export const verifyGrantVoucher: Operation = (params, session) => {
  const { claims } = session.aitp.verifyVoucher(params.text('voucher_token'), {
    now: nowOf(params, session),
    expectedIssuer: session.aitp.parseAid(params.text('verifier_aid')),
  })
  return { verified: true, grants: claims.grants }
}
