import type { JsonValue } from './strict-json.ts'

const LONGEST = 80

/** A received value as a short text for a report. */
export function describe(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'string') {
    return quoteIfNeeded(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value)
  }
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** The beginning of a nonce, signature or token. The whole of it belongs into no report, error or log. */
export function abbreviate(secret: string): string {
  return secret.length <= 6 ? secret : `${secret.slice(0, 6)}…`
}

/** As {@link describe}, for a member that may hold a nonce, a proof or a token. */
export function describeSecret(value: JsonValue | undefined): string {
  return typeof value === 'string' ? `${abbreviate(value)} (${value.length} characters)` : describe(value)
}

export function listOf(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ')
}

/** Bare when it reads as one word, so that equal values look equal on both sides of a comparison. */
function quoteIfNeeded(text: string): string {
  return /^[\x21-\x7e…]+$/.test(text) ? text : JSON.stringify(text)
}
