interface CodeEntry {
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** `draft`: only raised by an opt-in feature. */
  readonly status: 'core' | 'draft'
}

const core: CodeEntry = { retryable: false, status: 'core' }
const coreRetryable: CodeEntry = { retryable: true, status: 'core' }
const draft: CodeEntry = { retryable: false, status: 'draft' }

/** Every wire code this implementation may raise. Codes that exist only in other implementations are not here. */
export const errorCodes = {
  INVALID_ENVELOPE: core,
  INVALID_SIGNATURE: core,
  REPLAY_DETECTED: core,
  TIMESTAMP_EXPIRED: coreRetryable,
  UNKNOWN_VERSION: core,
  UNKNOWN_FIELD: core,
  IDENTITY_FAILED: core,
  POLICY_VIOLATION: core,
  GRANT_OVERFLOW: core,
  INSUFFICIENT_GRANTS: core,
  KEY_RESOLUTION_FAILED: coreRetryable,
  TOKEN_ALG_MISMATCH: core,
  TOKEN_TYP_MISMATCH: core,
  TCT_EXPIRED: core,
  TCT_REVOKED: core,
  TCT_SIGNATURE_INVALID: core,
  TCT_EXPIRES_AFTER_MANIFEST: core,
  POP_VERIFICATION_FAILED: core,
  NONCE_MISMATCH: core,
  AUDIENCE_MISMATCH: core,
  POP_CHALLENGE_INVALID: core,
  POP_RESPONSE_INVALID: core,
  MANIFEST_EXPIRED: core,
  MANIFEST_SIGNATURE_INVALID: core,
  MANIFEST_POP_FAILED: core,
  MANIFEST_VERSION_UNKNOWN: core,
  MANIFEST_INVALID: core,
  MANIFEST_NOT_FOUND: coreRetryable,
  INCOMPATIBLE_TRUST_ANCHORS: core,
  INCOMPATIBLE_IDENTITY_TYPE: core,
  REVOCATION_SNAPSHOT_INVALID: core,
  REVOCATION_SNAPSHOT_SIGNATURE_INVALID: core,
  DELEGATION_AUDIENCE_MISMATCH: core,
  DELEGATION_SCOPE_EXCEEDED: core,
  DELEGATION_INVALID_VOUCHER: core,
  DELEGATION_SOURCE_TCT_REVOKED: core,
  DELEGATION_INVALID_SIGNATURE: core,
  DELEGATION_EXPIRED: core,
  DELEGATION_POP_FAILED: core,
  DELEGATION_MULTIHOP_NOT_SUPPORTED: core,
  DELEGATION_HOP_LIMIT_EXCEEDED: draft,
  DELEGATION_CHAIN_HASH_MISMATCH: draft,
  BUNDLE_INVALID_SIGNATURE: draft,
  BUNDLE_VERSION_MISMATCH: draft,
  BUNDLE_EXPIRED: draft,
  BUNDLE_EXPIRY_WINDOW_INVARIANT: draft,
  BUNDLE_COORDINATOR_ISSUER_MISMATCH: draft,
  BUNDLE_AUDIENCE_MISMATCH: draft,
  BUNDLE_EMPTY_PARTICIPANTS: draft,
  BUNDLE_PARTICIPANT_TCT_INVALID: draft,
  BUNDLE_NOT_MEMBER: draft,
  SESSION_BUNDLE_INVALID: draft,
} as const satisfies Record<string, CodeEntry>

/** A registered wire code. */
export type ErrorCode = keyof typeof errorCodes

/** Whether a text is a wire code this implementation knows. An unknown one is an opaque failure. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}

/** What an error carries beside its code and message. */
export interface AitpErrorDetails {
  /** Id of the check that failed, `null` when the refusal belongs to no ladder. */
  readonly check?: string | null
  readonly expected?: string | null
  readonly actual?: string | null
  readonly cause?: unknown
}

/** The protocol said no. `code` is the contract; the message is for people and may change. */
export class AitpError extends Error {
  override readonly name = 'AitpError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly check: string | null
  readonly expected: string | null
  readonly actual: string | null

  constructor(code: ErrorCode, message: string, details: AitpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = errorCodes[code].retryable
    this.check = details.check ?? null
    this.expected = details.expected ?? null
    this.actual = details.actual ?? null
  }
}
