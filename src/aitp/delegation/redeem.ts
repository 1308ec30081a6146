import type { AgentKey } from '../agent-key.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { type IssuedTct, issueTct } from '../tct/issue.ts'
import type { VerifiedDelegation } from './verify.ts'

/** What bounds the TCT of a delegatee. */
export interface RedeemDelegationOptions {
  /** This agent's own: what it offers now, and until when its tokens may last. */
  readonly manifest: VerifiedManifest
  /** What the delegatee may be granted at most. Left out: whatever the token says. */
  readonly allowedGrants?: readonly string[] | undefined
  /** Unix seconds. */
  readonly now: number
  /** Default 3600. The token never outlives the delegation. */
  readonly ttlSecs?: number
  /** A fresh version 4 UUID. */
  readonly jti: string
  /** Whether the delegatee may delegate in turn. Default no. */
  readonly issueVoucher?: boolean
}

/** A TCT for the delegatee. Keep both ids until `exp`: revoking the source must revoke this token as well. */
export interface RedeemedTct extends IssuedTct {
  readonly link: { readonly jti: string; readonly src_jti: string }
}

const DEFAULT_TTL_SECS = 3600

/** Exchanges a verified delegation for a TCT (RFC-AITP-0006). It ends with the delegation at the latest. */
export function redeemDelegation(
  engine: Engine,
  key: AgentKey,
  delegation: VerifiedDelegation,
  options: RedeemDelegationOptions,
): RedeemedTct {
  const { manifest, allowedGrants, now, ttlSecs = DEFAULT_TTL_SECS, jti, issueVoucher = false } = options
  const { delegator, delegatee, expiresAt, srcJti } = delegation
  if (delegator !== key.aid)
    throw new TypeError(`the delegation is for ${delegator}, the key that of ${key.aid}`)
  if (now >= expiresAt) {
    throw new AitpError('DELEGATION_EXPIRED', `the delegation expired at ${expiresAt}, now ${now}`, {
      check: 'delegation.exp',
      expected: `after ${now}`,
      actual: String(expiresAt),
    })
  }
  const limits = [manifest.body.offered_capabilities, allowedGrants]
  const issued = issueTct(engine, key, {
    subject: delegatee,
    grants: delegation.grants.filter((grant) => limits.every((limit) => limit?.includes(grant) ?? true)),
    now,
    ttlSecs,
    notAfter: Math.min(expiresAt, manifest.expiresAt),
    jti,
    issueVoucher,
  })
  return { ...issued, link: { jti, src_jti: srcJti } }
}
