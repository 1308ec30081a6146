import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { type CompactJws, mintJws } from '../jws.ts'
import { thumbprint } from '../thumbprint.ts'
import { isUuid } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import type { TctClaims, VoucherClaims } from './claims.ts'

/** What a TCT grants to whom, and until when (RFC-AITP-0005). */
export interface IssueTctOptions {
  /** The holder. */
  readonly subject: Aid
  readonly grants: readonly string[]
  readonly now: number
  readonly ttlSecs: number
  /** The latest `exp`: when the issuer's own manifest expires. */
  readonly notAfter: number
  /** A fresh version 4 UUID. Keep it until `exp`; without it the token cannot be revoked. */
  readonly jti: string
  /** Whether the holder may delegate. */
  readonly issueVoucher?: boolean
}

/** A TCT, signed, with its claims and, when asked for, its voucher. */
export interface IssuedTct {
  readonly token: CompactJws
  readonly claims: TctClaims
  readonly voucher: CompactJws | null
}

/** Issues a TCT, and the grant voucher that mirrors it when asked to. */
export function issueTct(engine: Engine, key: AgentKey, options: IssueTctOptions): IssuedTct {
  const { subject, grants, now, ttlSecs, notAfter, jti } = options
  if (!isUuid(jti)) throw new TypeError(`jti ${jti} is no version 4 UUID in lowercase`)
  if (!Number.isSafeInteger(now) || !Number.isSafeInteger(ttlSecs) || ttlSecs < 1) {
    throw new TypeError('now and ttlSecs are integers in seconds')
  }
  if (grants.length === 0) {
    throw new AitpError('POLICY_VIOLATION', `${key.aid} has nothing to grant to ${subject}`, {
      expected: 'at least one grant',
      actual: 'none',
    })
  }
  const exp = Math.min(now + ttlSecs, notAfter)
  if (exp <= now) {
    throw new AitpError(
      'MANIFEST_EXPIRED',
      `the manifest of the issuer ${key.aid} expired at ${notAfter}, now ${now}`,
      {
        expected: `after ${now}`,
        actual: String(notAfter),
      },
    )
  }
  const shared = { ver: AITP_VERSION, iss: key.aid, sub: subject, grants: [...grants], iat: now, exp }
  const claims: TctClaims = { ...shared, jti, aud: subject, cnf: { jkt: thumbprint(engine, subject) } }
  const voucherClaims: VoucherClaims = { ...shared, src_jti: jti }
  return {
    token: mintJws(engine, key, 'aitp-tct+jwt', claims),
    claims,
    voucher: options.issueVoucher === true ? mintJws(engine, key, 'aitp-grant+jwt', voucherClaims) : null,
  }
}
