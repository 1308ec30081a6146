import type { AgentKey } from './agent-key.ts'
import { toHex } from './bytes.ts'
import type { Engine } from './engine.ts'
import { canonicalize } from './jcs.ts'
import { aid, anyObject, anyString, closedObject, integerFrom, opaque, shapeFor, uuid } from './shape.ts'
import { signDigest } from './signature.ts'
import { AITP_VERSION } from './version.ts'

/** Every registered `message_type`. */
export const messageTypes = [
  'mutual_hello',
  'mutual_hello_ack',
  'mutual_commit',
  'mutual_commit_ack',
  'tct',
  'pop_challenge',
  'pop_response',
  'error',
] as const

/** A registered `message_type`. */
export type MessageType = (typeof messageTypes)[number]

/** The members of an envelope that its signature covers. `message_type`, `version` and `extensions` are not among them. */
export interface SignedEnvelopeMembers {
  readonly message_id: string
  readonly timestamp: number
  readonly sender: { readonly agent_id: string }
  readonly payload: object
}

export interface EnvelopeContent {
  readonly messageType: MessageType
  readonly messageId: string
  readonly timestamp: number
  readonly payload: object
}

export const envelopeShape = shapeFor((engine) => {
  return {
    required: {
      version: anyString,
      message_type: anyString,
      message_id: uuid,
      timestamp: integerFrom(0),
      sender: closedObject({ required: { agent_id: aid(engine) }, optional: {} }),
      payload: anyObject,
      signature: opaque,
    },
    optional: { extensions: anyObject },
  }
})

/** What is hashed and signed: id, time, sender and the hash of the canonical payload, joined by bars. */
export function envelopeSigningInput(engine: Engine, envelope: SignedEnvelopeMembers): Uint8Array {
  const payloadHash = toHex(engine.sha256(engine.utf8Encode(canonicalize(envelope.payload))))
  const { message_id, timestamp, sender } = envelope
  return engine.utf8Encode(`${message_id}|${timestamp}|${sender.agent_id}|${payloadHash}`)
}

/** The JSON text of a signed envelope. Every message needs an id of its own. */
export function sealEnvelope(engine: Engine, key: AgentKey, content: EnvelopeContent): string {
  const members: SignedEnvelopeMembers = {
    message_id: content.messageId,
    timestamp: content.timestamp,
    sender: { agent_id: key.aid },
    payload: content.payload,
  }
  const signature = signDigest(engine, key, envelopeSigningInput(engine, members))
  return canonicalize({ version: AITP_VERSION, message_type: content.messageType, ...members, signature })
}
