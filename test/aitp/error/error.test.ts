import { describe, expect, it } from 'vitest'
import { AitpError, type ErrorEnvelopeContext, errorEnvelopeChecks } from '../../../src/aitp/index.ts'
import { A, ATTACKER, aitp, B, counting, readVector, refusal, scripted, T0, uuidBytes } from '../fixtures.ts'
import { type Edit, edited } from '../handshake/scene.ts'

const error = new AitpError('TIMESTAMP_EXPIRED', 'late')
const text = aitp.buildErrorEnvelope(B, { error, reason: 'late', now: T0, randomBytes: counting() })
const context: ErrorEnvelopeContext = { now: T0 + 1, expectedSender: B.aid }
const verdict = (message: string, changes: Partial<ErrorEnvelopeContext> = {}) =>
  refusal(() => aitp.verifyErrorEnvelope(message, { ...context, ...changes }))

describe('a refusal as a signed envelope', () => {
  it('says which code, and whether to try again', () => {
    expect(aitp.verifyErrorEnvelope(text, context)).toEqual({
      code: 'TIMESTAMP_EXPIRED',
      knownCode: 'TIMESTAMP_EXPIRED',
      reason: 'late',
      retryable: true,
      sender: B.aid,
    })
  })

  it.each<[string, Edit, string]>([
    [
      'no code',
      (d) => {
        d.payload = { retryable: true }
      },
      'INVALID_ENVELOPE error.payload',
    ],
    [
      'an empty code',
      (d) => {
        d.payload['code'] = ''
      },
      'INVALID_ENVELOPE error.payload',
    ],
    [
      'a retryable that is a text',
      (d) => {
        d.payload['retryable'] = 'yes'
      },
      'INVALID_ENVELOPE error.payload',
    ],
    [
      'another member',
      (d) => {
        d.payload['policy'] = 'x'
      },
      'UNKNOWN_FIELD error.payload',
    ],
    [
      'another type',
      (d) => {
        d.message_type = 'tct'
      },
      'INVALID_ENVELOPE error.message_type',
    ],
    [
      'another author',
      (d) => {
        d.sender.agent_id = A.aid
      },
      'INVALID_SIGNATURE error.envelope_signature',
    ],
  ])('is refused with %s', (_, edit, expected) => {
    expect(verdict(edited(text, edit, B))).toBe(expected)
  })

  it('is refused from another than who was asked, when stale or forged', () => {
    expect(verdict(text, { expectedSender: A.aid })).toBe('INVALID_ENVELOPE error.sender')
    expect(verdict(text, { expectedSender: undefined })).toBe('accepted')
    expect(verdict(text, { now: T0 + 301 })).toBe('TIMESTAMP_EXPIRED error.timestamp')
    expect(verdict(edited(text, () => undefined, ATTACKER))).toBe(
      'INVALID_SIGNATURE error.envelope_signature',
    )
  })

  it('may carry a code nobody here knows, and no reason', () => {
    const opaque = edited(
      text,
      (draft) => {
        draft.payload = { code: 'BRAND_NEW', retryable: false }
      },
      B,
    )
    expect(aitp.verifyErrorEnvelope(opaque, context)).toMatchObject({
      code: 'BRAND_NEW',
      knownCode: null,
      reason: null,
      retryable: false,
    })
  })

  it('reports what it checked', () => {
    const collector = aitp.createCollector()
    verdict(text, { collector })
    expect(collector.report('error', T0).checks.map(({ id }) => id)).toEqual(
      errorEnvelopeChecks.map(({ id }) => id),
    )
  })

  it('the worked one comes out byte for byte', () => {
    const { error_envelope } = readVector<{
      error_envelope: { envelope: { message_id: string; timestamp: number; payload: { reason: string } } }
    }>('aitp/derived/worked-transcript.json')
    const { message_id, timestamp: now, payload } = error_envelope.envelope
    const built = aitp.buildErrorEnvelope(B, {
      error: { code: 'NONCE_MISMATCH', retryable: false },
      reason: payload.reason,
      now,
      randomBytes: scripted(uuidBytes(message_id)),
    })
    expect(JSON.parse(built)).toEqual(error_envelope.envelope)
  })
})

describe('a refusal as a small body', () => {
  it('carries code, message and retryable, and is a hint of an unknown author', () => {
    const body = aitp.errorBody(error, 'try later')
    expect(JSON.parse(body)).toEqual({
      error: { code: 'TIMESTAMP_EXPIRED', message: 'try later', retryable: true },
    })
    expect(JSON.parse(aitp.errorBody(error)).error.message).toBe('TIMESTAMP_EXPIRED')
    expect(aitp.readError(body, context)).toEqual({
      code: 'TIMESTAMP_EXPIRED',
      knownCode: 'TIMESTAMP_EXPIRED',
      reason: 'try later',
      retryable: false,
      sender: null,
    })
  })

  it('is read in either form; a forged envelope is a hint as well', () => {
    expect(aitp.readError(text, context)).toMatchObject({ sender: B.aid, retryable: true })
    const forged = edited(text, () => undefined, ATTACKER)
    expect(aitp.readError(forged, context)).toMatchObject({
      code: 'TIMESTAMP_EXPIRED',
      sender: null,
      retryable: false,
    })
  })

  it.each(['', 'x', '[]', '{}', '{"error":{}}', '{"error":"x"}', '{"message_type":"error","payload":1}'])(
    'is not found in %j',
    (body) => {
      expect(aitp.readError(body, context)).toBeUndefined()
    },
  )
})
