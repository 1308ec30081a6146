import type { AgentKey } from '../../../aitp/index.ts'
import { isTree, type Tree } from '../tree.ts'
import { fromBase64url, type KeyRing, NOW, toBase64url } from './keys.ts'
import { isPlaceholder } from './placeholders.ts'
import { signInput } from './sign.ts'
import { signCompact } from './tokens.ts'

/** Somebody who takes part in no fixture. */
const ELSEWHERE = 'aid:pubkey:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w'

/** Writes the identity proof of a hello. Returns the issuer whose key was used, if one was. */
export function mintIdentityProof(context: Tree, envelope: Tree, ring: KeyRing): string | null {
  const { sender, payload } = envelope
  if (!isTree(sender) || !isTree(payload) || !isTree(payload['identity'])) return null
  const { identity } = payload
  if (!isPlaceholder(identity['proof'])) return null
  const key = ring.of(sender['agent_id'])
  const placeholder = identity['proof']
  const issuer = String(identity['issuer'])
  const change = jwtChanges(context)[placeholder]
  if (change !== undefined) {
    const claims = change(jwtClaims(context, identity, payload, key, ring))
    const issuerKey = ring.ofIssuer(issuer)
    identity['proof'] = signCompact('{"alg":"EdDSA","typ":"JWT"}', claims, ring, (text) =>
      issuerKey.sign(text),
    )
    return issuer
  }
  const input = pinnedInputs(context, envelope)[placeholder]
  if (input !== undefined) identity['proof'] = signInput(ring, key, input)
  return null
}

type Change = (claims: Tree) => Tree

function jwtChanges(context: Tree): Readonly<Record<string, Change>> {
  return {
    __VALID_JWT__: (claims) => claims,
    __VALID_JWT_FROM_UNKNOWN_ISSUER__: (claims) => claims,
    __JWT_MISSING_AUD_CLAIM__: ({ aud: _, ...rest }) => rest,
    __JWT_AUD_TARGETS_DIFFERENT_PEER__: (claims) => ({
      ...claims,
      aud: context['jwt_aud_claim'] ?? ELSEWHERE,
    }),
    __JWT_MISSING_CNF_JKT_CLAIM__: ({ cnf: _, ...rest }) => rest,
  }
}

function jwtClaims(context: Tree, identity: Tree, payload: Tree, key: AgentKey, ring: KeyRing): Tree {
  return {
    iss: identity['issuer'],
    sub: identity['subject'],
    aud: context['self_aid'] ?? key.aid,
    iat: NOW,
    exp: NOW + 3600,
    nonce: payload['pop_nonce'],
    cnf: { jkt: ring.thumbprint(key) },
  }
}

/** What each kind of pinned-key proof signs. */
function pinnedInputs(context: Tree, envelope: Tree): Readonly<Record<string, Uint8Array>> {
  const { captured_proof_context: captured, self_aid } = context
  const sender = isTree(envelope['sender']) ? envelope['sender']['agent_id'] : undefined
  const { message_id, timestamp } = envelope
  const earlier = isTree(captured) ? captured : {}
  const wrongNonce = toBase64url(new Uint8Array(16).fill(0xff))
  return {
    __INVALID_POP_SIG_OVER_WRONG_NONCE__: pinnedInput([sender, self_aid, message_id, timestamp, wrongNonce]),
    __CAPTURED_PROOF_FROM_ORIGINAL_HANDSHAKE__: pinnedInput([
      earlier['original_sender_aid'],
      earlier['original_receiver_aid'],
      earlier['original_message_id'],
      earlier['original_timestamp'],
      earlier['original_pop_nonce'],
    ]),
    __LEGACY_PINNED_PROOF__: Uint8Array.from(Buffer.from(`${String(message_id)}|${String(timestamp)}`)),
  }
}

function pinnedInput(fields: readonly unknown[]): Uint8Array {
  const texts = ['aitp-pinned-key-v1', ...fields.slice(0, -1).map(String)].map((text) => `${text}\0`)
  return Uint8Array.from(Buffer.concat([Buffer.from(texts.join('')), fromBase64url(fields.at(-1))]))
}
