import { type Aid, AitpError } from '../../../aitp/index.ts'
import type { Params } from '../params.ts'
import { nowOf, type Session } from '../session.ts'
import type { Tree } from '../tree.ts'

/** Tokens of the suite were issued up to this long after its clock. */
const IAT_SKEW_SECS = 300

/** Either commit by itself. What the request does not say (a nonce, an audience, what is offered) is not checked. */
export function verifyCommit(
  params: Params,
  session: Session,
  messageType: 'mutual_commit' | 'mutual_commit_ack',
): Tree {
  const { aitp, compat } = session
  const selfAid = params.optionalText('self_aid')
  const { claims } = aitp.verifyCommitInRfcOrder(params.json('envelope'), {
    now: nowOf(params, session),
    messageType,
    selfAid: selfAid === undefined ? null : aitp.parseAid(selfAid),
    sentNonce: params.optionalText('self_pop_nonce_sent_in_hello_ack') ?? null,
    offeredCapabilities: params.optionalTexts('issuer_offered_capabilities') ?? null,
    iatSkewSecs: IAT_SKEW_SECS,
    compat,
  })
  return { verified: true, grants: claims.grants }
}

/** A payload without its envelope: the sender is whoever issued the token in it. */
export function verifyReceivedPayload(peer: Params, session: Session): readonly string[] {
  const payload = peer.object('received_payload')
  const { aitp } = session
  const now = nowOf(peer, session)
  const self = aitp.parseAid(peer.text('self_aid'))
  const { claims } = aitp.verifyTct(payload.text('tct'), {
    now,
    expectedAudience: self,
    iatSkewSecs: IAT_SKEW_SECS,
  })
  const voucher = payload.optionalText('grant_voucher')
  if (voucher !== undefined) {
    aitp.verifyVoucher(voucher, { now, expectedIssuer: claims.iss, expectedHolder: self, tct: claims })
  }
  requirePossession(payload, claims.iss, ownNonceOf(peer), session)
  return claims.grants
}

/** The nonce that this peer sent, in whichever of its hellos. */
function ownNonceOf(peer: Params): string {
  const isAck = peer.optionalText('received_envelope_message_type') === 'mutual_commit_ack'
  const name = isAck ? 'self_pop_nonce_sent_in_hello' : 'self_pop_nonce_sent_in_hello_ack'
  return peer.optionalText(name) ?? peer.text('self_pop_nonce')
}

function requirePossession(payload: Params, sender: Aid, ownNonce: string, { aitp, compat }: Session): void {
  const echo = payload.text('pop_nonce_echo')
  if (echo !== ownNonce) throw new AitpError('NONCE_MISMATCH', `the echo is ${echo}, sent was ${ownNonce}`)
  if (aitp.verifyNonceSignature(sender, ownNonce, payload.text('pop_signature'), compat)) return
  throw new AitpError('POP_VERIFICATION_FAILED', `the nonce is not signed by ${sender}`)
}
