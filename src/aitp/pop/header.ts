import { decodeBase64url, encodeBase64url } from '../base64url.ts'
import type { Engine } from '../engine.ts'

/** The names of the HTTP headers that carry either envelope beside a call. */
export const popHeaders = { challenge: 'X-AITP-PoP-Challenge', response: 'X-AITP-PoP-Response' } as const

/** The header value of a challenge or response. */
export function toPopHeader(engine: Engine, envelope: string): string {
  return encodeBase64url(engine.utf8Encode(envelope))
}

/** The envelope in a header value, `undefined` when there is none to be read. Nothing in it is verified. */
export function fromPopHeader(engine: Engine, value: string): string | undefined {
  const bytes = decodeBase64url(value)
  return bytes === undefined ? undefined : engine.utf8Decode(bytes)
}
