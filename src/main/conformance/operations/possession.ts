import { encodeBase64url } from '../../../aitp/base64url.ts'
import { AitpError, type TctClaims } from '../../../aitp/index.ts'
import { ObservedRefusal } from '../answer.ts'
import type { Params } from '../params.ts'
import { CHALLENGE_LIFETIME_SECS, nowOf, type Operation, type Session } from '../session.ts'

/** The challenge is the one in the request, so that the answer that was minted for it fits. */
export const issuePopChallenge: Operation = (params, session) => {
  const claims = claimsOf(params, session)
  const now = nowOf(params, session)
  const { jti, nonce } = session.aitp.verifyPopChallenge(params.json('envelope'), { now, claims })
  if (!session.challenges.add(jti, nonce, now)) {
    throw new AitpError('POP_CHALLENGE_INVALID', 'too many challenges wait for an answer')
  }
  return { challenge: { tct_jti: jti, nonce } }
}

/** The answer is in the request too; it is judged as its receiver does. */
export const producePopResponse: Operation = (params, session) => {
  const claims = claimsOf(params, session)
  const { aitp, challenges, compat } = session
  const now = nowOf(params, session)
  aitp.verifyPopResponse(params.json('envelope'), { now, claims, challenges, compat })
  session.proven.add(claims.jti)
  return { produced: true }
}

export const verifyStoredPopResponse: Operation = (params, session) => {
  const { jti } = claimsOf(params, session)
  if (!session.proven.has(jti))
    throw new AitpError('POP_RESPONSE_INVALID', `nobody has proven possession of ${jti}`)
  return { verified: true }
}

/** A call with a TCT. For a marked grant it is not authorised before possession is proven. */
export const authorizeInvocation: Operation = (params, session) => {
  const claims = claimsOf(params, session)
  const capability = params.object('envelope').object('payload').text('capability')
  if (!claims.grants.includes(capability)) {
    throw new AitpError('POLICY_VIOLATION', `${capability} is not granted`)
  }
  const marked = params.optionalObject('issuer_policy')?.optionalTexts('pop_required_grants') ?? []
  const challenged = marked.includes(capability) && !session.proven.has(claims.jti)
  if (challenged) {
    const nonce = encodeBase64url(session.randomBytes(16))
    session.challenges.add(claims.jti, nonce, nowOf(params, session))
  }
  const side_effects = { pop_challenge_issued: challenged, capability_authorized: !challenged }
  return { accepted: true, side_effects }
}

export const expectPopChallenge: Operation = (params, session) => {
  const { jti } = claimsOf(params, session)
  const issued = session.challenges.outstanding(jti, nowOf(params, session)).length > 0
  if (!issued) throw new AitpError('POP_CHALLENGE_INVALID', `no challenge about ${jti} is out`)
  return { side_effects: { pop_challenge_issued: issued } }
}

/** Lets the time for an answer run out. */
export const withholdPopResponse: Operation = (params, session) => {
  const { jti } = claimsOf(params, session)
  const late = nowOf(params, session) + CHALLENGE_LIFETIME_SECS + 1
  const authorized = session.proven.has(jti)
  const waiting = session.challenges.outstanding(jti, late).length
  const refusal = new AitpError(
    'POP_RESPONSE_INVALID',
    `no answer about ${jti} came, ${waiting} challenges wait`,
  )
  throw new ObservedRefusal(refusal, { capability_authorized: authorized })
}

/** The token that all of this is about, as its issuer judges it when it is presented. */
function claimsOf(params: Params, session: Session): TctClaims {
  return session.aitp.verifyTct(params.text('tct_token'), { now: nowOf(params, session) }).claims
}
