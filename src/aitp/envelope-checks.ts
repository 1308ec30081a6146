import { type Aid, parseAid } from './aid.ts'
import type { CheckDefinition } from './collector.ts'
import { describe } from './describe.ts'
import type { Engine } from './engine.ts'
import { envelopeShape, envelopeSigningInput, type MessageType } from './envelope.ts'
import { check, type Ladder } from './ladder.ts'
import type { ReplayStore } from './replay.ts'
import type { Shape } from './shape.ts'
import { signatureFault } from './signature.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from './strict-json.ts'
import { requireShape } from './structure.ts'
import { AITP_VERSION } from './version.ts'

/** What the ids of a message's checks begin with. */
export type MessagePrefix = 'hello' | 'hello_ack' | 'commit' | 'commit_ack'

export type EnvelopeCheckId<Prefix extends MessagePrefix> =
  `${Prefix}.${'envelope' | 'message_type' | 'version' | 'replay' | 'timestamp' | 'payload' | 'envelope_signature' | 'replay_record'}`

/** Cheap refusals first, and the signature before anything in the payload is believed. */
export function envelopeChecks<Prefix extends MessagePrefix>(
  prefix: Prefix,
): readonly CheckDefinition<EnvelopeCheckId<Prefix>>[] {
  // biome-ignore format: a table, one row a check.
  return [
    check(`${prefix}.envelope`, 'Envelope is complete and well-formed', 'RFC-AITP-0001', 'INVALID_ENVELOPE'),
    check(`${prefix}.message_type`, 'Message type is the one expected here', 'RFC-AITP-0004', 'INVALID_ENVELOPE'),
    check(`${prefix}.version`, 'Protocol version is known', 'RFC-AITP-0001', 'UNKNOWN_VERSION'),
    check(`${prefix}.replay`, 'Message id was not seen before', 'RFC-AITP-0001 §5.5', 'REPLAY_DETECTED'),
    check(`${prefix}.timestamp`, 'Timestamp is within 300 s of this clock', 'RFC-AITP-0001 §5.5', 'TIMESTAMP_EXPIRED'),
    check(`${prefix}.payload`, 'Payload is complete and well-formed', 'RFC-AITP-0004', 'INVALID_ENVELOPE'),
    check(`${prefix}.envelope_signature`, 'Envelope signature verifies under the key in the sender AID', 'RFC-AITP-0001 §5.4', 'INVALID_SIGNATURE'),
    check(`${prefix}.replay_record`, 'Message id is now recorded as seen', 'RFC-AITP-0001 §5.5', 'REPLAY_DETECTED'),
  ]
}

export interface EnvelopeTerms {
  readonly now: number
  readonly messageType: MessageType
  readonly payload: Shape
  readonly replay: ReplayStore
}

/** An envelope whose signature verified: its sender wrote it. Who the sender is, is another question. */
export interface OpenedEnvelope {
  readonly sender: Aid
  readonly messageId: string
  readonly timestamp: number
  readonly payload: JsonObject
}

const TOLERANCE_SECS = 300
const MAX_LENGTH = 256 * 1024

export function openEnvelope<Prefix extends MessagePrefix>(
  engine: Engine,
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  text: string,
  terms: EnvelopeTerms,
): OpenedEnvelope {
  const { envelope, ...members } = requireEnvelope(engine, ladder, prefix, text)
  requireMessageType(ladder, prefix, envelope, terms.messageType)
  requireFreshness(ladder, prefix, members, terms)
  requireShape(ladder, `${prefix}.payload`, members.payload, terms.payload)
  requireEnvelopeSignature(engine, ladder, prefix, members, String(envelope['signature']))
  requireRecord(ladder, prefix, members, terms)
  return members
}

interface ParsedEnvelope extends OpenedEnvelope {
  readonly envelope: JsonObject
}

function requireEnvelope<Prefix extends MessagePrefix>(
  engine: Engine,
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  text: string,
): ParsedEnvelope {
  const envelope = parse(ladder, prefix, text)
  requireShape(ladder, `${prefix}.envelope`, envelope, envelopeShape(engine))
  const { sender, payload } = envelope
  if (!isJsonObject(sender) || !isJsonObject(payload))
    throw new TypeError('the shape of the envelope was not required')
  return {
    envelope,
    sender: parseAid(engine, String(sender['agent_id'])),
    messageId: String(envelope['message_id']),
    timestamp: Number(envelope['timestamp']),
    payload,
  }
}

function parse<Prefix extends MessagePrefix>(
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  text: string,
): JsonObject {
  try {
    return parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (cause) {
    return ladder.refuse(`${prefix}.envelope`, {
      expected: 'a strict JSON object',
      actual: String(cause),
      cause,
    })
  }
}

function requireMessageType<Prefix extends MessagePrefix>(
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  { message_type, version }: JsonObject,
  expected: MessageType,
): void {
  ladder.require(`${prefix}.message_type`, message_type === expected, () => ({
    expected,
    actual: describe(message_type),
  }))
  ladder.require(`${prefix}.version`, version === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(version),
  }))
}

function requireFreshness<Prefix extends MessagePrefix>(
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  { sender, messageId, timestamp }: OpenedEnvelope,
  { now, replay }: EnvelopeTerms,
): void {
  ladder.require(`${prefix}.replay`, !replay.has(sender, messageId, now), () => ({
    expected: 'a new message id',
    actual: messageId,
  }))
  ladder.require(`${prefix}.timestamp`, Math.abs(now - timestamp) <= TOLERANCE_SECS, () => ({
    expected: `within ${TOLERANCE_SECS} s of ${now}`,
    actual: String(timestamp),
  }))
}

function requireEnvelopeSignature<Prefix extends MessagePrefix>(
  engine: Engine,
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  { sender, messageId, timestamp, payload }: OpenedEnvelope,
  signature: string,
): void {
  const members = { message_id: messageId, timestamp, sender: { agent_id: sender }, payload }
  const fault = signatureFault(engine, sender, envelopeSigningInput(engine, members), signature)
  ladder.require(`${prefix}.envelope_signature`, fault === undefined, () => ({
    expected: `signed by ${sender}`,
    actual: fault ?? 'verifies',
  }))
}

/** Only now, so that nobody can use up an id he has merely observed. Looks again, as two copies may race. */
function requireRecord<Prefix extends MessagePrefix>(
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  { sender, messageId }: OpenedEnvelope,
  { now, replay }: EnvelopeTerms,
): void {
  const verdict = replay.checkAndRecord(sender, messageId, now)
  ladder.require(`${prefix}.replay_record`, verdict === 'recorded', () => ({
    expected: 'recorded',
    actual: verdict === 'full' ? 'no room to remember another message id' : verdict,
  }))
}
