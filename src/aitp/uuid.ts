import { toHex } from './bytes.ts'

/** As many bytes as asked for, from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array

const ANY_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A random (version 4) UUID in its lowercase form. */
export function newUuid(randomBytes: RandomBytes): string {
  const bytes = Uint8Array.from(randomBytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = toHex(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Whether the text is a version 4 UUID, lowercase and hyphenated. Other spellings would be signed differently. */
export function isUuid(text: string): boolean {
  return FORM.test(text)
}

/** Whether the text is a UUID of any version, lowercase and hyphenated: lists may name what other software numbered. */
export function isUuidOfAnyVersion(text: string): boolean {
  return ANY_FORM.test(text)
}
