import type { Engine } from './engine.ts'

/** Pins of TLS server keys: the leaf certificate must show one of them. */
export interface SpkiPins {
  readonly size: number
  /** Whether the certificate, in DER, shows a pinned key. `false` for anything that is no certificate. */
  isPinned(certificate: Uint8Array): boolean
}

const SEQUENCE = 0x30
const CONTEXT_0 = 0xa0
const INTEGER = 0x02

/**
 * SHA-256 of the SubjectPublicKeyInfo of an X.509 certificate in DER, 32 bytes. Throws `TypeError` for anything that
 * is no certificate.
 */
export function spkiHash(engine: Engine, certificate: Uint8Array): Uint8Array {
  return engine.sha256(subjectPublicKeyInfo(certificate))
}

/** Refuses an empty list: no pin is a mistake in the configuration, never "accept all". */
export function createSpkiPins(engine: Engine, pins: readonly Uint8Array[]): SpkiPins {
  if (pins.length === 0) throw new TypeError('a pin list needs a pin')
  for (const { length } of pins) if (length !== 32) throw new TypeError(`a pin has 32 bytes, not ${length}`)
  const known = pins.map((pin) => Uint8Array.from(pin))
  return {
    size: known.length,
    isPinned(certificate) {
      const hash = hashOrNone(engine, certificate)
      return hash !== undefined && known.some((pin) => pin.every((byte, index) => byte === hash[index]))
    },
  }
}

function hashOrNone(engine: Engine, certificate: Uint8Array): Uint8Array | undefined {
  try {
    return spkiHash(engine, certificate)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Certificate → tbsCertificate → [version] serial, algorithm, issuer, validity, subject, then the key (RFC 5280). */
function subjectPublicKeyInfo(certificate: Uint8Array): Uint8Array {
  const whole = readElement(certificate, 0, SEQUENCE)
  if (whole.end !== certificate.length) throw new TypeError('something behind the certificate')
  const signed = readElement(certificate, whole.contentAt, SEQUENCE)
  const isVersioned = certificate[signed.contentAt] === CONTEXT_0
  const fields = [
    ...(isVersioned ? [CONTEXT_0] : []),
    INTEGER,
    SEQUENCE,
    SEQUENCE,
    SEQUENCE,
    SEQUENCE,
    SEQUENCE,
  ]
  let at = signed.contentAt
  let start = at
  for (const tag of fields) {
    start = at
    at = readElement(certificate, at, tag).end
  }
  if (at > signed.end) throw new TypeError('a certificate without a key')
  return certificate.subarray(start, at)
}

interface Element {
  readonly contentAt: number
  readonly end: number
}

/** Strict DER: one-byte tags, definite lengths in their shortest form, nothing beyond the end. */
function readElement(bytes: Uint8Array, at: number, tag: number): Element {
  if (bytes[at] !== tag) throw new TypeError(`no element ${tag.toString(16)} at byte ${at}`)
  const first = bytes[at + 1] ?? 0x80
  const count = first < 0x80 ? 0 : first - 0x80
  if (first === 0x80 || count > 3) throw new TypeError(`no length at byte ${at + 1}`)
  let length = count === 0 ? first : 0
  for (const byte of bytes.subarray(at + 2, at + 2 + count)) length = length * 256 + byte
  const isShortest = count === 0 || (length >= 0x80 && length >= 256 ** (count - 1))
  const contentAt = at + 2 + count
  if (!isShortest || contentAt + length > bytes.length) throw new TypeError(`no length at byte ${at + 1}`)
  return { contentAt, end: contentAt + length }
}
