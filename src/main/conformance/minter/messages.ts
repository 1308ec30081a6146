import { isTree, type Tree } from '../tree.ts'
import { fromBase64url, type KeyRing, toBase64url } from './keys.ts'
import { signInput } from './sign.ts'
import { withoutCompanions } from './tokens.ts'

/** Members under which an input names the nonce that the verifier sent. */
const ownNonces = ['self_pop_nonce_sent_in_hello_ack', 'self_pop_nonce_sent_in_hello', 'self_pop_nonce']

/** Signs the possession proof of a commit payload, and takes the companions out of it. */
export function finishPayload(context: Tree, payload: Tree, sender: unknown, ring: KeyRing): Tree {
  const wire = withoutCompanions(payload)
  const ownNonce = ownNonces.map((name) => context[name]).find((nonce) => nonce !== undefined)
  const nonces: Readonly<Record<string, unknown>> = {
    __VALID_POP_SIG__: ownNonce ?? payload['pop_nonce_echo'],
    __VALID_DOWNSTREAM_POP_SIG__: payload['nonce_echo'],
    __INVALID_POP_SIG_OVER_WRONG_NONCE__: toBase64url(new Uint8Array(16).fill(0xff)),
  }
  const nonce = nonces[String(wire['pop_signature'])]
  if (nonce !== undefined) wire['pop_signature'] = signInput(ring, ring.of(sender), fromBase64url(nonce))
  return wire
}

/** Last of all, as it covers the payload as it goes over the wire. */
export function signEnvelope(envelope: Tree, ring: KeyRing): void {
  const { message_id, timestamp, sender, payload, signature } = envelope
  if (signature !== '__VALID_ENVELOPE_SIG__' || !isTree(sender)) return
  const payloadHash = Buffer.from(ring.sha256(ring.canonicalBytes(payload))).toString('hex')
  const input = [message_id, timestamp, sender['agent_id'], payloadHash].join('|')
  envelope['signature'] = signInput(ring, ring.of(sender['agent_id']), input)
}
