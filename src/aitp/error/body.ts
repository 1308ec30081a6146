import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { canonicalize } from '../jcs.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import {
  type ErrorEnvelopeContext,
  type ReceivedError,
  receivedError,
  verifyErrorEnvelope,
} from './envelope.ts'

const MAX_LENGTH = 64 * 1024

/** The small JSON body servers answer a refusal with. The message is neutral: the code says it all. */
export function errorBody(
  { code, retryable }: Pick<AitpError, 'code' | 'retryable'>,
  message: string = code,
): string {
  return canonicalize({ error: { code, message, retryable } })
}

/**
 * A refusal in either form: the small body, or a signed envelope. One whose signature does not verify is a hint of
 * an unknown author. `undefined` when the text is neither.
 */
export function readError(
  engine: Engine,
  text: string,
  context: ErrorEnvelopeContext,
): ReceivedError | undefined {
  const document = parse(text)
  if (document === undefined) return undefined
  const { error, message_type, payload } = document
  if (message_type === 'error' && isJsonObject(payload) && typeof payload['code'] === 'string') {
    return verified(engine, text, context) ?? receivedError(payload['code'], payload['reason'], false, null)
  }
  if (!isJsonObject(error) || typeof error['code'] !== 'string') return undefined
  return receivedError(error['code'], error['message'], false, null)
}

function verified(engine: Engine, text: string, context: ErrorEnvelopeContext): ReceivedError | undefined {
  try {
    return verifyErrorEnvelope(engine, text, context)
  } catch (error) {
    if (error instanceof AitpError) return undefined
    throw error
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    return parseStrictJsonObject(text, { maxLength: MAX_LENGTH, fractions: 'anywhere' })
  } catch {
    return undefined
  }
}
