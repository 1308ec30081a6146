import { type Aid, parseAid } from './aid.ts'
import type { CheckDefinition, Collector } from './collector.ts'
import type { Compat } from './compat.ts'
import { describe, listOf } from './describe.ts'
import type { Engine } from './engine.ts'
import { envelopeShape, envelopeSigningInput, type MessageType, messageTypes } from './envelope.ts'
import type { ErrorCode } from './errors.ts'
import { check, Ladder } from './ladder.ts'
import type { ReplayStore } from './replay.ts'
import type { Shape } from './shape.ts'
import { signatureFault } from './signature.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from './strict-json.ts'
import { requireShape } from './structure.ts'
import { AITP_VERSION } from './version.ts'

/** What the ids of a message's checks begin with. */
export type MessagePrefix =
  | 'hello'
  | 'hello_ack'
  | 'commit'
  | 'commit_ack'
  | 'pop_challenge'
  | 'pop_response'
  | 'error'
  | 'envelope'

export type EnvelopeCheckId<Prefix extends MessagePrefix> =
  `${Prefix}.${'envelope' | 'message_type' | 'version' | 'replay' | 'timestamp' | 'payload' | 'envelope_signature' | 'replay_record'}`

/** Where a message differs from those of the handshake: its section, and its code for a bad payload or a stale time. */
export interface MessageRules {
  readonly section: string
  readonly payloadCode: ErrorCode
  readonly timestampCode: ErrorCode
}

const handshakeRules: MessageRules = {
  section: 'RFC-AITP-0004',
  payloadCode: 'INVALID_ENVELOPE',
  timestampCode: 'TIMESTAMP_EXPIRED',
}

/** Cheap refusals first, and the signature before anything in the payload is believed. */
export function envelopeChecks<Prefix extends MessagePrefix>(
  prefix: Prefix,
  { section, payloadCode, timestampCode }: MessageRules = handshakeRules,
): readonly CheckDefinition<EnvelopeCheckId<Prefix>>[] {
  // biome-ignore format: a table, one row a check.
  return [
    check(`${prefix}.envelope`, 'Envelope is complete and well-formed', 'RFC-AITP-0001', 'INVALID_ENVELOPE'),
    check(`${prefix}.message_type`, 'Message type is the one expected here', section, 'INVALID_ENVELOPE'),
    check(`${prefix}.version`, 'Protocol version is known', 'RFC-AITP-0001', 'UNKNOWN_VERSION'),
    check(`${prefix}.replay`, 'Message id was not seen before', 'RFC-AITP-0001 §5.5', 'REPLAY_DETECTED'),
    check(`${prefix}.timestamp`, 'Timestamp is within 300 s of this clock', 'RFC-AITP-0001 §5.5', timestampCode),
    check(`${prefix}.payload`, 'Payload is complete and well-formed', section, payloadCode),
    check(`${prefix}.envelope_signature`, 'Envelope signature verifies under the key in the sender AID', 'RFC-AITP-0001 §5.4', 'INVALID_SIGNATURE'),
    check(`${prefix}.replay_record`, 'Message id is now recorded as seen', 'RFC-AITP-0001 §5.5', 'REPLAY_DETECTED'),
  ]
}

export interface EnvelopeTerms {
  readonly now: number
  /** Left out: any registered one. */
  readonly messageType?: MessageType | undefined
  /** Left out: any object. */
  readonly payload?: Shape | undefined
  /** Left out: message ids are neither looked up nor remembered. */
  readonly replay?: ReplayStore | undefined
  /** How far the clocks may differ, in seconds. Default 300. */
  readonly toleranceSecs?: number | undefined
  readonly compat?: Compat | undefined
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
  requirePayload(ladder, prefix, members, terms.payload)
  requireEnvelopeSignature(engine, ladder, prefix, members, String(envelope['signature']), terms.compat)
  requireRecord(ladder, prefix, members, terms)
  return members
}

/** An envelope that has its shape, and of which nothing is believed yet. */
export interface ParsedEnvelope extends OpenedEnvelope {
  readonly envelope: JsonObject
}

export function requireEnvelope<Prefix extends MessagePrefix>(
  engine: Engine,
  ladder: Ladder<`${NoInfer<Prefix>}.envelope`>,
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
  ladder: Ladder<`${NoInfer<Prefix>}.envelope`>,
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

export function requireMessageType<Prefix extends MessagePrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.${'message_type' | 'version'}`>,
  prefix: Prefix,
  { message_type, version }: JsonObject,
  expected: MessageType | undefined,
): void {
  const accepted: readonly string[] = expected === undefined ? messageTypes : [expected]
  ladder.require(`${prefix}.message_type`, accepted.includes(String(message_type)), () => ({
    expected: listOf(accepted),
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
  envelope: OpenedEnvelope,
  terms: EnvelopeTerms,
): void {
  const { sender, messageId } = envelope
  const { now, replay } = terms
  if (replay === undefined) ladder.skip(`${prefix}.replay`, 'message ids are not remembered here')
  else {
    ladder.require(`${prefix}.replay`, !replay.has(sender, messageId, now), () => ({
      expected: 'a new message id',
      actual: messageId,
    }))
  }
  requireTimestamp(ladder, prefix, envelope, terms)
}

export function requireTimestamp<Prefix extends MessagePrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.timestamp`>,
  prefix: Prefix,
  { timestamp }: OpenedEnvelope,
  { now, toleranceSecs = TOLERANCE_SECS }: EnvelopeTerms,
): void {
  ladder.require(`${prefix}.timestamp`, Math.abs(now - timestamp) <= toleranceSecs, () => ({
    expected: `within ${toleranceSecs} s of ${now}`,
    actual: String(timestamp),
  }))
}

function requirePayload<Prefix extends MessagePrefix>(
  ladder: Ladder<EnvelopeCheckId<Prefix>>,
  prefix: Prefix,
  { payload }: OpenedEnvelope,
  shape: Shape | undefined,
): void {
  if (shape === undefined) ladder.skip(`${prefix}.payload`, 'no kind of payload was expected')
  else requireShape(ladder, `${prefix}.payload`, payload, shape)
}

export function requireEnvelopeSignature<Prefix extends MessagePrefix>(
  engine: Engine,
  ladder: Ladder<`${NoInfer<Prefix>}.envelope_signature`>,
  prefix: Prefix,
  { sender, messageId, timestamp, payload }: OpenedEnvelope,
  signature: string,
  compat: Compat | undefined,
): void {
  const members = { message_id: messageId, timestamp, sender: { agent_id: sender }, payload }
  const fault = signatureFault(engine, sender, envelopeSigningInput(engine, members), signature, compat)
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
  if (replay === undefined) {
    ladder.skip(`${prefix}.replay_record`, 'message ids are not remembered here')
    return
  }
  const verdict = replay.checkAndRecord(sender, messageId, now)
  ladder.require(`${prefix}.replay_record`, verdict === 'recorded', () => ({
    expected: 'recorded',
    actual: verdict === 'full' ? 'no room to remember another message id' : verdict,
  }))
}

/** The ladder of {@link verifyEnvelope}. */
// biome-ignore format: a table, one row a check.
export const standaloneEnvelopeChecks = envelopeChecks('envelope', { ...handshakeRules, section: 'RFC-AITP-0001' })

/** What an envelope of any kind is held against. */
export interface EnvelopeContext extends EnvelopeTerms {
  readonly collector?: Collector | undefined
}

/** Verifies a signed envelope of whatever kind (RFC-AITP-0001). Its sender wrote it; nothing in it is judged. */
export function verifyEnvelope(engine: Engine, text: string, context: EnvelopeContext): OpenedEnvelope {
  const ladder: Ladder<EnvelopeCheckId<'envelope'>> = new Ladder(standaloneEnvelopeChecks, context.collector)
  return openEnvelope(engine, ladder, 'envelope', text, context)
}
