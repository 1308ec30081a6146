import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import type { CheckDefinition, Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { describe } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { sealEnvelope } from '../envelope.ts'
import { type EnvelopeCheckId, envelopeChecks, openEnvelope } from '../envelope-checks.ts'
import { AitpError } from '../errors.ts'
import { check, Ladder } from '../ladder.ts'
import type { ReplayStore } from '../replay.ts'
import { nonce, type Shape, uuid } from '../shape.ts'
import type { ProvableClaims } from '../tct/claims.ts'
import { newUuid, type RandomBytes } from '../uuid.ts'
import type { ChallengeStore } from './store.ts'

export type PopChallengeCheckId = EnvelopeCheckId<'pop_challenge'> | `pop_challenge.${'sender' | 'tct_jti'}`

/** The holder of a TCT on `pop_challenge` (RFC-AITP-0005 §6.1). */
// biome-ignore format: a table, one row a check.
export const popChallengeChecks: readonly CheckDefinition<PopChallengeCheckId>[] = [
  ...envelopeChecks('pop_challenge', {
    section: 'RFC-AITP-0005 §6.1',
    payloadCode: 'POP_CHALLENGE_INVALID',
    timestampCode: 'POP_CHALLENGE_INVALID',
  }),
  check('pop_challenge.sender', 'Sender is the issuer of the TCT presented to it', 'RFC-AITP-0005 §6.1', 'POP_CHALLENGE_INVALID'),
  check('pop_challenge.tct_jti', 'Challenge is about the TCT presented', 'RFC-AITP-0005 §6.1', 'POP_CHALLENGE_INVALID'),
]

const challengeShape: Shape = { required: { tct_jti: uuid, nonce }, optional: {} }

/** What a challenge is about, and where it is remembered. */
export interface IssueChallengeOptions {
  /** The claims of the token presented to this agent, which issued it. */
  readonly claims: ProvableClaims
  readonly challenges: ChallengeStore
  /** Unix seconds. */
  readonly now: number
  readonly randomBytes: RandomBytes
}

/** Asks whoever presented a TCT to prove possession of its key. The message is a signed envelope. */
export function issuePopChallenge(
  engine: Engine,
  key: AgentKey,
  { claims, challenges, now, randomBytes }: IssueChallengeOptions,
): string {
  if (claims.iss !== key.aid)
    throw new TypeError(`the token is one of ${claims.iss}, the key that of ${key.aid}`)
  const challenge = encodeBase64url(randomBytes(16))
  if (!challenges.add(claims.jti, challenge, now))
    throw new AitpError('POP_CHALLENGE_INVALID', 'too many challenges wait for an answer')
  return sealEnvelope(engine, key, {
    messageType: 'pop_challenge',
    messageId: newUuid(randomBytes),
    timestamp: now,
    payload: { tct_jti: claims.jti, nonce: challenge },
  })
}

declare const verifiedChallengeBrand: unique symbol

/** A challenge this agent may answer: from the issuer of its token, about that token. Made by the verifier only. */
export interface VerifiedPopChallenge {
  readonly issuer: Aid
  /** The subject of the token, whose key has to sign. */
  readonly holder: Aid
  readonly jti: string
  /** 22 characters. */
  readonly nonce: string
  readonly [verifiedChallengeBrand]: true
}

/** What a received challenge is held against. */
export interface PopChallengeContext {
  /** Unix seconds. */
  readonly now: number
  /** The claims of the token this agent presented. */
  readonly claims: ProvableClaims
  readonly replay?: ReplayStore | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

/** Verifies a challenge before anything is signed for it. Throws `AitpError`. */
export function verifyPopChallenge(
  engine: Engine,
  text: string,
  context: PopChallengeContext,
): VerifiedPopChallenge {
  const { claims, now, replay, compat, collector } = context
  const ladder: Ladder<PopChallengeCheckId> = new Ladder(popChallengeChecks, collector)
  const { sender, payload } = openEnvelope(engine, ladder, 'pop_challenge', text, {
    now,
    messageType: 'pop_challenge',
    payload: challengeShape,
    replay,
    compat,
  })
  ladder.require('pop_challenge.sender', sender === claims.iss, () => ({
    expected: claims.iss,
    actual: sender,
  }))
  const { tct_jti: jti } = payload
  ladder.require('pop_challenge.tct_jti', jti === claims.jti, () => ({
    expected: claims.jti,
    actual: describe(jti),
  }))
  return {
    issuer: sender,
    holder: claims.sub,
    jti: claims.jti,
    nonce: String(payload['nonce']),
  } as VerifiedPopChallenge
}
