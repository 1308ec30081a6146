const anyUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const tokenId = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A UUID of any version, in lowercase; `null` for anything else. */
export function asUuid(value: unknown): string | null {
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  return anyUuid.test(text) ? text : null
}

/** The id of a token or delegation: a UUID of version 1 to 5 (control-plane.md §3.3), in lowercase. */
export function asTokenId(value: unknown): string | null {
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  return tokenId.test(text) ? text : null
}
