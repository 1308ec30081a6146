const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const VALUE_OF = new Int8Array(128).fill(-1)
for (let value = 0; value < ALPHABET.length; value++) VALUE_OF[ALPHABET.charCodeAt(value)] = value

/** The two characters of every 12 bits, as most of a text is made of such pairs. */
const PAIRS = Array.from(
  { length: 4096 },
  (_, bits) => ALPHABET.charAt(bits >> 6) + ALPHABET.charAt(bits & 63),
)

/** Unpadded base64url text of the bytes. */
export function encodeBase64url(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3)
  let text = ''
  for (let index = 0; index < whole; index += 3) {
    const bits = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8) | byteAt(bytes, index + 2)
    text += pair(bits >> 12) + pair(bits & 4095)
  }
  if (whole === bytes.length) return text
  const bits = (byteAt(bytes, whole) << 8) | byteAt(bytes, whole + 1)
  const rest = pair(bits >> 4) + ALPHABET.charAt((bits & 15) << 2)
  return text + rest.slice(0, bytes.length - whole + 1)
}

/**
 * Decodes strict base64url: only the URL-safe alphabet, no padding, no length that leaves a single character over,
 * no unused bits that are not zero. So each byte string has exactly one text. `undefined` for anything else.
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const over = text.length % 4
  if (over === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  const whole = text.length - over
  let offset = 0
  for (let index = 0; index < whole; index += 4) {
    const left = bitsAt(text, index)
    const right = bitsAt(text, index + 2)
    if (left < 0 || right < 0) return undefined
    bytes[offset] = left >> 4
    bytes[offset + 1] = (left << 4) | (right >> 8)
    bytes[offset + 2] = right
    offset += 3
  }
  return over === 0 || fillRest(bytes, offset, text.slice(whole)) ? bytes : undefined
}

/** The one or two bytes of the last two or three characters. `false` when their unused bits are not zero. */
function fillRest(bytes: Uint8Array, offset: number, rest: string): boolean {
  const left = bitsAt(rest, 0)
  const right = rest.length === 2 ? 0 : bitsAt(`${rest.charAt(2)}A`, 0)
  const unused = rest.length === 2 ? left & 15 : right & 0xff
  if (left < 0 || right < 0 || unused !== 0) return false
  bytes[offset] = left >> 4
  if (rest.length === 3) bytes[offset + 1] = (left << 4) | (right >> 8)
  return true
}

/** The 12 bits of two characters; negative when one of them is not in the alphabet. */
function bitsAt(text: string, index: number): number {
  return (valueAt(text, index) << 6) | valueAt(text, index + 1)
}

function valueAt(text: string, index: number): number {
  return VALUE_OF[text.charCodeAt(index)] ?? -1
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

function pair(bits: number): string {
  return PAIRS[bits] ?? ''
}
