/** The first 16 bytes of a SHA-1 digest in the form of a UUID of version 5 (RFC 9562 §5.5). */
export function hashedUuid(digest: Uint8Array): string {
  const bytes = digest.slice(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** What is hashed for the id of a delegation token that carries none (control-plane.md §5.3). */
export function delegationIdInput(token: string): string {
  return `aitp-delegation:${token}`
}
