import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import type { CheckDefinition, Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import { sealEnvelope } from '../envelope.ts'
import { type EnvelopeCheckId, envelopeChecks, openEnvelope } from '../envelope-checks.ts'
import { type AitpError, type ErrorCode, isErrorCode } from '../errors.ts'
import { check, Ladder } from '../ladder.ts'
import type { ReplayStore } from '../replay.ts'
import { anyBoolean, anyString, nonEmptyString, type Shape } from '../shape.ts'
import { newUuid, type RandomBytes } from '../uuid.ts'

export type ErrorCheckId = EnvelopeCheckId<'error'> | 'error.sender'

/** Whoever receives a signed refusal. */
// biome-ignore format: a table, one row a check.
export const errorEnvelopeChecks: readonly CheckDefinition<ErrorCheckId>[] = [
  ...envelopeChecks('error', { section: 'RFC-AITP-0001', payloadCode: 'INVALID_ENVELOPE', timestampCode: 'TIMESTAMP_EXPIRED' }),
  check('error.sender', 'Sender is the agent that was asked', 'RFC-AITP-0001', 'INVALID_ENVELOPE'),
]

const errorShape: Shape = {
  required: { code: nonEmptyString, retryable: anyBoolean },
  optional: { reason: anyString },
}

/** A refusal as another agent sent it. */
export interface ReceivedError {
  /** As sent; one this implementation does not know is an opaque failure. */
  readonly code: string
  readonly knownCode: ErrorCode | null
  /** For people. Never parsed, never acted upon. */
  readonly reason: string | null
  /** Always `false` for an unsigned error: anybody could have asked for a loop. */
  readonly retryable: boolean
  /** Whose signature it carries, `null` for none. */
  readonly sender: Aid | null
}

/** What a signed refusal says. */
export interface ErrorEnvelopeOptions {
  readonly error: Pick<AitpError, 'code' | 'retryable'>
  /** Neutral: neither which policy refused nor anything secret. */
  readonly reason?: string
  /** Unix seconds. */
  readonly now: number
  readonly randomBytes: RandomBytes
}

/** A refusal as a signed envelope (RFC-AITP-0001). */
export function buildErrorEnvelope(
  engine: Engine,
  key: AgentKey,
  { error, reason, now, randomBytes }: ErrorEnvelopeOptions,
): string {
  const { code, retryable } = error
  return sealEnvelope(engine, key, {
    messageType: 'error',
    messageId: newUuid(randomBytes),
    timestamp: now,
    payload: { code, ...(reason === undefined ? {} : { reason }), retryable },
  })
}

/** What a signed refusal is held against. */
export interface ErrorEnvelopeContext {
  /** Unix seconds. */
  readonly now: number
  /** Who was asked. */
  readonly expectedSender?: Aid | undefined
  readonly replay?: ReplayStore | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

/** Verifies a refusal that came as a signed envelope. Throws `AitpError`. */
export function verifyErrorEnvelope(
  engine: Engine,
  text: string,
  context: ErrorEnvelopeContext,
): ReceivedError {
  const { now, expectedSender, replay, compat, collector } = context
  const ladder: Ladder<ErrorCheckId> = new Ladder(errorEnvelopeChecks, collector)
  const terms = { now, messageType: 'error', payload: errorShape, replay, compat } as const
  const { sender, payload } = openEnvelope(engine, ladder, 'error', text, terms)
  if (expectedSender === undefined) ladder.skip('error.sender', 'no sender was expected')
  else {
    ladder.require('error.sender', sender === expectedSender, () => ({
      expected: expectedSender,
      actual: sender,
    }))
  }
  const { code, reason, retryable } = payload
  return receivedError(String(code), reason, retryable === true, sender)
}

export function receivedError(
  code: string,
  reason: unknown,
  retryable: boolean,
  sender: Aid | null,
): ReceivedError {
  return {
    code,
    knownCode: isErrorCode(code) ? code : null,
    reason: typeof reason === 'string' ? reason : null,
    retryable,
    sender,
  }
}
