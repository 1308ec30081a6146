import type { PinStore } from '../../../aitp/index.ts'
import type { Params } from '../params.ts'
import { nowOf, type Session } from '../session.ts'
import { isTree, type Tree } from '../tree.ts'
import { issuerKeysOf } from './issuer-keys.ts'
import { inOlderOrder } from './older-order.ts'

/** Either hello by itself. Whatever the request leaves out of the receiving side restricts nothing. */
export function verifyHello(
  params: Params,
  session: Session,
  messageType: 'mutual_hello' | 'mutual_hello_ack',
): Tree {
  const { aitp, compat } = session
  const selfAid = params.optionalText('self_aid')
  const manifest = params.object('envelope').optionalObject('payload')?.tree['manifest']
  const verify = () =>
    aitp.verifyHelloInRfcOrder(params.json('envelope'), {
      now: nowOf(params, session),
      messageType,
      selfAid: selfAid === undefined ? null : aitp.parseAid(selfAid),
      acceptedTypes: null,
      trustAnchors: params.optionalTexts('self_trust_anchors') ?? null,
      pins: pinsOf(params, session),
      sentNonce: params.optionalText('sent_pop_nonce') ?? null,
      issuerKeys: (issuer) => issuerKeysOf(params, issuer, session),
      compat,
    })
  const { aid } = isTree(manifest) ? inOlderOrder(manifest, session, verify) : verify()
  return { verified: true, sender: aid }
}

/** Any subject: the list names keys alone. */
function pinsOf(params: Params, { aitp }: Session): PinStore | null {
  const trusted = params.optionalTexts('trust_store')
  return trusted === undefined ? null : trusted.map((aid) => ({ aid: aitp.parseAid(aid) }))
}
