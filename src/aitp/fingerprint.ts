import { toHex } from './bytes.ts'
import type { Engine } from './engine.ts'

/** The first 16 hexadecimal digits of the SHA-256 of a text: enough to recognise a token by, useless as a token. */
export function fingerprint(engine: Engine, text: string): string {
  return toHex(engine.sha256(engine.utf8Encode(text)).subarray(0, 8))
}
