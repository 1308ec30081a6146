import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import { equalInConstantTime } from '../bytes.ts'
import type { CheckDefinition, Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { abbreviate } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { sealEnvelope } from '../envelope.ts'
import { type EnvelopeCheckId, envelopeChecks, openEnvelope } from '../envelope-checks.ts'
import { check, Ladder } from '../ladder.ts'
import type { ReplayStore } from '../replay.ts'
import { nonce, opaque, type Shape, uuid } from '../shape.ts'
import type { JsonObject } from '../strict-json.ts'
import type { ProvableClaims } from '../tct/claims.ts'
import { thumbprint } from '../thumbprint.ts'
import { newUuid, type RandomBytes } from '../uuid.ts'
import type { VerifiedPopChallenge } from './challenge.ts'
import { nonceSignatureFault, signNonce } from './nonce.ts'
import type { ChallengeStore } from './store.ts'

export type PopResponseCheckId =
  | EnvelopeCheckId<'pop_response'>
  | `pop_response.${'sender' | 'outstanding' | 'nonce_echo' | 'pop' | 'cnf' | 'single_use'}`

/** The agent that asked for proof, on `pop_response` (RFC-AITP-0005 §6.1). */
// biome-ignore format: a table, one row a check.
export const popResponseChecks: readonly CheckDefinition<PopResponseCheckId>[] = [
  ...envelopeChecks('pop_response', {
    section: 'RFC-AITP-0005 §6.1',
    payloadCode: 'POP_RESPONSE_INVALID',
    timestampCode: 'POP_RESPONSE_INVALID',
  }),
  check('pop_response.sender', 'Sender is the subject of the TCT', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
  check('pop_response.outstanding', 'A challenge about this TCT waits for an answer', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
  check('pop_response.nonce_echo', 'Echoed nonce is that of the challenge', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
  check('pop_response.pop', 'Signature over the nonce verifies under the key of the subject', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
  check('pop_response.cnf', 'TCT is bound to that key', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
  check('pop_response.single_use', 'Challenge is answered for the first time', 'RFC-AITP-0005 §6.1', 'POP_RESPONSE_INVALID'),
]

const responseShape: Shape = {
  required: { tct_jti: uuid, nonce_echo: nonce, pop_signature: opaque },
  optional: {},
}

/** Answers a challenge that was verified. The message is a signed envelope. */
export function answerPopChallenge(
  engine: Engine,
  key: AgentKey,
  { holder, jti, nonce: challenge }: VerifiedPopChallenge,
  { now, randomBytes }: { readonly now: number; readonly randomBytes: RandomBytes },
): string {
  if (holder !== key.aid) throw new TypeError(`the token is that of ${holder}, the key that of ${key.aid}`)
  return sealEnvelope(engine, key, {
    messageType: 'pop_response',
    messageId: newUuid(randomBytes),
    timestamp: now,
    payload: { tct_jti: jti, nonce_echo: challenge, pop_signature: signNonce(engine, key, challenge) },
  })
}

/** What an answer to a challenge is held against. */
export interface PopResponseContext {
  /** Unix seconds. */
  readonly now: number
  /** The claims of the token whose possession is to be proven. */
  readonly claims: ProvableClaims
  readonly challenges: ChallengeStore
  readonly replay?: ReplayStore | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

/** Verifies the answer to a challenge and uses the challenge up. Returns who has proven possession of its key. */
export function verifyPopResponse(engine: Engine, text: string, context: PopResponseContext): Aid {
  const { claims, now, replay, compat, collector } = context
  const ladder: Ladder<PopResponseCheckId> = new Ladder(popResponseChecks, collector)
  const { sender, payload } = openEnvelope(engine, ladder, 'pop_response', text, {
    now,
    messageType: 'pop_response',
    payload: responseShape,
    replay,
    compat,
  })
  ladder.require('pop_response.sender', sender === claims.sub, () => ({
    expected: claims.sub,
    actual: sender,
  }))
  const challenge = requireChallenge(ladder, payload, context)
  const fault = nonceSignatureFault(engine, sender, challenge, String(payload['pop_signature']), compat)
  ladder.require('pop_response.pop', fault === undefined, () => ({
    expected: `signed by ${sender}`,
    actual: fault ?? 'verifies',
  }))
  const jkt = thumbprint(engine, sender)
  ladder.require('pop_response.cnf', claims.cnf.jkt === jkt, () => ({
    expected: claims.cnf.jkt,
    actual: jkt,
  }))
  const isFirst = context.challenges.consume(claims.jti, challenge, now)
  ladder.require('pop_response.single_use', isFirst, () => ({
    expected: 'the first answer',
    actual: isFirst ? 'the first answer' : 'another',
  }))
  return sender
}

function requireChallenge(
  ladder: Ladder<PopResponseCheckId>,
  payload: JsonObject,
  { claims, challenges, now }: PopResponseContext,
): string {
  const jti = String(payload['tct_jti'])
  const waiting = jti === claims.jti ? challenges.outstanding(jti, now) : []
  ladder.require('pop_response.outstanding', waiting.length > 0, () => ({
    expected: `a challenge about ${claims.jti}`,
    actual: jti === claims.jti ? `${waiting.length} waiting` : `an answer about ${jti}`,
  }))
  const echo = String(payload['nonce_echo'])
  ladder.require(
    'pop_response.nonce_echo',
    waiting.some((each) => equalInConstantTime(each, echo)),
    () => ({
      expected: waiting.map(abbreviate).join(' or '),
      actual: abbreviate(echo),
    }),
  )
  return echo
}
