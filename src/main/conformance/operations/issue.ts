import { sealEnvelope } from '../../../aitp/envelope.ts'
import type { AgentKey, IdentityHint, JsonObject, MessageType } from '../../../aitp/index.ts'
import { HarnessError } from '../answer.ts'
import { fromBase64url, toBase64url } from '../minter/keys.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'

const DEFAULT_TTL_SECS = 3600

/** The private key stays here; the requester gets a handle. */
export const generateKeypair: Operation = (params, session) => {
  const seed = params.optionalText('seed')
  const key = session.aitp.agentKey(seed === undefined ? session.randomBytes(32) : fromBase64url(seed))
  const handle = `kp-${session.keys.size + 1}`
  session.keys.set(handle, key)
  return { handle, aid: key.aid, public_key: toBase64url(key.publicKey) }
}

export const issueManifest: Operation = (params, session) => {
  const hint = params.object('identity_hint')
  const type: IdentityHint['type'] = hint.text('type') === 'oidc' ? 'oidc' : 'pinned_key'
  const anchors = params.texts('accepted_trust_anchors')
  const now = nowOf(params, session)
  const displayName = params.optionalText('display_name')
  const { document } = session.aitp.buildManifest(
    keyOf(params, 'keypair', session),
    {
      ...(displayName === undefined ? {} : { displayName }),
      subject: hint.text('subject'),
      ...(type === 'oidc' ? { issuer: hint.text('issuer') } : {}),
      handshakeEndpoint: params.text('handshake_endpoint'),
      offeredCapabilities: params.texts('offered_capabilities'),
      acceptedIdentityTypes: anchors.length === 0 ? ['pinned_key'] : ['oidc', 'pinned_key'],
      acceptedTrustAnchors: anchors,
      publishedAt: now,
      expiresAt: now + ttlOf(params),
    },
    session,
  )
  return { manifest_envelope: document }
}

export const issueTct: Operation = (params, session) => {
  const { aitp } = session
  const now = params.optionalInteger('issued_at') ?? nowOf(params, session)
  const subject = aitp.parseAid(params.text('subject'))
  if (params.text('audience') !== subject) {
    throw new HarnessError('INVALID_REQUEST', 'the audience of a TCT is its subject')
  }
  const { token, claims, voucher } = aitp.issueTct(keyOf(params, 'issuer_keypair', session), {
    subject,
    grants: params.texts('grants'),
    now,
    ttlSecs: ttlOf(params),
    notAfter: Number.MAX_SAFE_INTEGER,
    jti: params.optionalText('jti') ?? aitp.newUuid(session.randomBytes),
    issueVoucher: true,
  })
  return { tct_token: token, tct_claims: claims, grant_voucher: voucher }
}

/** From a voucher, or from the token before it for a further hop. */
export const issueDelegationToken: Operation = (params, session) => {
  const { aitp } = session
  const key = keyOf(params, 'delegator_keypair', session)
  const now = nowOf(params, session)
  const terms = {
    delegatee: aitp.parseAid(params.text('delegatee')),
    scope: params.texts('scope'),
    now,
    ttlSecs: ttlOf(params),
  }
  const parent = params.optionalText('prior_token')
  if (parent !== undefined) {
    const jti = aitp.newUuid(session.randomBytes)
    return { delegation_token: aitp.extendDelegation(key, { ...terms, parent, jti }).token }
  }
  const names = ['voucher', 'grant_voucher', 'voucher_token'] as const
  const voucher = aitp.verifyVoucher(params.text(names.find((name) => params.has(name)) ?? 'voucher'), {
    now,
  })
  const isMultihop = session.features.has('experimental-multihop-delegation')
  // Only a token with an id can be extended, and only with chains switched on is one with an id accepted.
  const jti = isMultihop ? { jti: aitp.newUuid(session.randomBytes) } : {}
  return { delegation_token: aitp.buildDelegation(key, { ...terms, voucher, ...jti }).token }
}

export const signEnvelope: Operation = (params, session) => {
  const text = sealEnvelope(session.engine, keyOf(params, 'keypair', session), {
    messageType: params.text('message_type') as MessageType,
    messageId: session.aitp.newUuid(session.randomBytes),
    timestamp: nowOf(params, session),
    payload: params.object('payload').tree,
  })
  return { envelope: JSON.parse(text) as JsonObject }
}

export const issueSessionBundle: Operation = (params, session) => {
  const { aitp } = session
  const participants = params.optionalObjects('participants') ?? []
  const { document } = aitp.buildSessionBundle(keyOf(params, 'coordinator_keypair', session), {
    sessionId: params.optionalText('session_id') ?? aitp.newUuid(session.randomBytes),
    issuedAt: params.optionalInteger('issued_at') ?? nowOf(params, session),
    participants: participants.map((each) => ({
      aid: aitp.parseAid(each.text('aid')),
      tct: each.text('tct'),
    })),
  })
  return { session_bundle: document }
}

export function keyOf(params: Params, name: string, session: Session): AgentKey {
  const handle = params.text(name)
  const key = session.keys.get(handle)
  if (key === undefined)
    throw new HarnessError('INVALID_REQUEST', `${name} ${handle} is no key of this adapter`)
  return key
}

function ttlOf(params: Params): number {
  return params.optionalInteger('ttl_secs') ?? params.optionalInteger('ttl') ?? DEFAULT_TTL_SECS
}
