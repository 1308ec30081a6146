/** A fixture cannot be minted as it stands. */
export class MintError extends Error {
  override readonly name = 'MintError'
}

export function isPlaceholder(value: unknown): value is string {
  return typeof value === 'string' && /^__[A-Z][A-Z0-9_]+__$/.test(value)
}

/** Never inspected by a verifier, so it may stay as it is. */
export const leftAsItIs = '__ANY_JWS__'

/** Values that have the right form and are never checked. */
export const fillers: Readonly<Record<string, string>> = {
  __VALID_GRANT_PROOF_SIG__: 'A'.repeat(86),
  __ANY_CHAIN_STEP_SIG__: 'A'.repeat(86),
  __ANY_DELEGATION_SIG__: 'A'.repeat(86),
  __ANY_CHAIN_HASH__: 'A'.repeat(43),
}
