import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import { concatBytes } from '../bytes.ts'
import type { Engine } from '../engine.ts'
import { signatureFault, signDigest } from '../signature.ts'

/** What a pinned-key proof binds. Id and time are those of the envelope the proof travels in. */
export interface PinnedKeyProofFields {
  readonly sender: Aid
  readonly receiver: Aid
  readonly messageId: string
  readonly timestamp: number
  /** The 16 decoded bytes of the presenter's own nonce. */
  readonly popNonce: Uint8Array
}

/** `binary`: eight bytes, big-endian, as an older edition of RFC-AITP-0002 had it. */
export type TimestampForm = 'decimal' | 'binary'

const NUL = new Uint8Array(1)

/** The input of the proof: the label and four fields each ended by NUL, then the nonce (RFC-AITP-0002 §3.1). */
export function pinnedKeyProofInput(
  engine: Engine,
  fields: PinnedKeyProofFields,
  form: TimestampForm = 'decimal',
): Uint8Array {
  const { sender, receiver, messageId, timestamp, popNonce } = fields
  if (popNonce.length !== 16) throw new TypeError(`a nonce has 16 bytes, not ${popNonce.length}`)
  const time = form === 'decimal' ? engine.utf8Encode(String(timestamp)) : bigEndian(timestamp)
  const texts = ['aitp-pinned-key-v1', sender, receiver, messageId].flatMap((text) => [
    engine.utf8Encode(text),
    NUL,
  ])
  return concatBytes(...texts, time, NUL, popNonce)
}

export function signPinnedKeyProof(
  engine: Engine,
  key: AgentKey,
  fields: PinnedKeyProofFields,
  form: TimestampForm = 'decimal',
): string {
  if (key.algorithm !== 'ed25519') throw new TypeError('a pinned-key proof needs an Ed25519 key')
  return signDigest(engine, key, pinnedKeyProofInput(engine, fields, form))
}

/** What is wrong with a proof, `undefined` when it verifies. The two timestamp forms can never be confused: their lengths differ. */
export function pinnedKeyProofFault(
  engine: Engine,
  proof: string,
  fields: PinnedKeyProofFields,
  acceptBinaryTimestamp: boolean,
): string | undefined {
  if (proof.length !== 86) return 'not 86 characters of base64url'
  const fault = signatureFault(engine, fields.sender, pinnedKeyProofInput(engine, fields), proof)
  if (fault === undefined || !acceptBinaryTimestamp) return fault
  return signatureFault(engine, fields.sender, pinnedKeyProofInput(engine, fields, 'binary'), proof)
}

function bigEndian(seconds: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(seconds))
  return bytes
}
