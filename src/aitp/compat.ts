/**
 * Older or other readings of the specification, for peers which still use them. Everything is off by default, so an
 * empty object is the current form alone.
 */
export interface Compat {
  /** Accepts pinned-key proofs whose timestamp is eight bytes instead of decimal digits. */
  readonly acceptBinaryPinnedTimestamp?: boolean
  /** Sends pinned-key proofs in that form. Only for a peer known to accept no other. */
  readonly emitBinaryPinnedTimestamp?: boolean
  /** Accepts revocation snapshots signed together with their wrapper. */
  readonly acceptWrappedRevocation?: boolean
  /** Signs revocation snapshots in that form. */
  readonly emitWrappedRevocation?: boolean
  /** Accepts session bundles signed together with their wrapper. */
  readonly acceptWrappedBundle?: boolean
  /** Signs session bundles in that form. */
  readonly emitWrappedBundle?: boolean
  /** Accepts P-256 signatures in JSON objects whose digest was signed as it is instead of being hashed again. */
  readonly acceptPrehashedP256?: boolean
  /** Signs in that form; asked when a P-256 key is made. What the published SDK from 0.14 on and the verifier want. */
  readonly emitPrehashedP256?: boolean
}

/** The newest text alone, both ways. */
export const currentOnly: Compat = Object.freeze({})

/** Emits the current forms and accepts, besides them, those of implementations not yet updated. */
export const transition: Compat = Object.freeze({
  acceptBinaryPinnedTimestamp: true,
  acceptWrappedRevocation: true,
  acceptWrappedBundle: true,
  acceptPrehashedP256: true,
})
