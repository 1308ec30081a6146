import { expect, it } from 'vitest'
import { AitpError, errorCodes, isErrorCode } from '../../src/aitp/errors.ts'

it('has these wire codes, spelled like this', () => {
  expect(Object.keys(errorCodes)).toEqual(
    `INVALID_ENVELOPE INVALID_SIGNATURE REPLAY_DETECTED TIMESTAMP_EXPIRED UNKNOWN_VERSION UNKNOWN_FIELD IDENTITY_FAILED
    POLICY_VIOLATION GRANT_OVERFLOW INSUFFICIENT_GRANTS KEY_RESOLUTION_FAILED TOKEN_ALG_MISMATCH TOKEN_TYP_MISMATCH
    TCT_EXPIRED TCT_REVOKED TCT_SIGNATURE_INVALID TCT_EXPIRES_AFTER_MANIFEST POP_VERIFICATION_FAILED NONCE_MISMATCH
    AUDIENCE_MISMATCH POP_CHALLENGE_INVALID POP_RESPONSE_INVALID MANIFEST_EXPIRED MANIFEST_SIGNATURE_INVALID
    MANIFEST_POP_FAILED MANIFEST_VERSION_UNKNOWN MANIFEST_INVALID MANIFEST_NOT_FOUND INCOMPATIBLE_TRUST_ANCHORS
    INCOMPATIBLE_IDENTITY_TYPE REVOCATION_SNAPSHOT_INVALID REVOCATION_SNAPSHOT_SIGNATURE_INVALID
    DELEGATION_AUDIENCE_MISMATCH DELEGATION_SCOPE_EXCEEDED DELEGATION_INVALID_VOUCHER DELEGATION_SOURCE_TCT_REVOKED
    DELEGATION_INVALID_SIGNATURE DELEGATION_EXPIRED DELEGATION_POP_FAILED DELEGATION_MULTIHOP_NOT_SUPPORTED
    DELEGATION_HOP_LIMIT_EXCEEDED DELEGATION_CHAIN_HASH_MISMATCH BUNDLE_INVALID_SIGNATURE BUNDLE_VERSION_MISMATCH
    BUNDLE_EXPIRED BUNDLE_EXPIRY_WINDOW_INVARIANT BUNDLE_COORDINATOR_ISSUER_MISMATCH BUNDLE_AUDIENCE_MISMATCH
    BUNDLE_EMPTY_PARTICIPANTS BUNDLE_PARTICIPANT_TCT_INVALID BUNDLE_NOT_MEMBER SESSION_BUNDLE_INVALID`.split(
      /\s+/,
    ),
  )
})

it('lets exactly three be retried', () => {
  const retryable = Object.entries(errorCodes).flatMap(([code, entry]) => (entry.retryable ? [code] : []))
  expect(retryable).toEqual(['TIMESTAMP_EXPIRED', 'KEY_RESOLUTION_FAILED', 'MANIFEST_NOT_FOUND'])
})

it.each(['TRUST_FAILED', 'HANDSHAKE_MODE_UNSUPPORTED', 'TCT_CNF_MISMATCH', 'toString', '__proto__'])(
  '%s is no code',
  (code) => {
    expect(isErrorCode(code)).toBe(false)
  },
)

it('an error carries its code, its check and what was compared', () => {
  const cause = new Error('below')
  const error = new AitpError('TIMESTAMP_EXPIRED', 'late', {
    check: 'hello.timestamp',
    expected: '1',
    actual: '2',
    cause,
  })
  expect(error).toMatchObject({
    name: 'AitpError',
    message: 'late',
    code: 'TIMESTAMP_EXPIRED',
    retryable: true,
    check: 'hello.timestamp',
    expected: '1',
    actual: '2',
    cause,
  })
  expect(new AitpError('INVALID_SIGNATURE', 'no')).toMatchObject({
    retryable: false,
    check: null,
    expected: null,
  })
})
