import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../events/event-bus.ts'
import { isObject, text } from '../events/normalise.ts'
import { asTokenId } from '../uuid.ts'
import {
  type Claims,
  claimsOf,
  seconds,
  strings,
  syntheticDelegationId,
  unverifiedPayload,
} from './claims.ts'
import { createCascade } from './revocations.ts'

/** Delegations as they were reported to be signed (control-plane.md §5.3). The first report of a `jti` stands. */
export function createDelegationProjection(database: DatabaseSync): (event: StoredEvent) => void {
  const insert = database.prepare(
    `INSERT INTO delegations
       (jti, parent_jti, delegator_aid, delegatee_aid, scope, issued_at, expires_at, revoked, revoked_at,
        revoked_reason, created_at)
     SELECT :jti, :parent, :delegator, :delegatee, :scope, :issued, :expires,
            own.jti IS NOT NULL OR above.jti IS NOT NULL,
            coalesce(own.revoked_at, above.revoked_at),
            CASE WHEN own.jti IS NOT NULL THEN 'explicit' WHEN above.jti IS NOT NULL THEN 'parent_revoked' END,
            :now
     FROM (SELECT 1)
       LEFT JOIN revocation_entries own ON own.jti = :jti
       LEFT JOIN (
         SELECT jti, revoked_at FROM revocation_entries WHERE jti = :parent
         UNION SELECT jti, revoked_at FROM issued_tcts WHERE jti = :parent AND revoked
         UNION SELECT jti, revoked_at FROM delegations WHERE jti = :parent AND revoked
         LIMIT 1
       ) above ON true
     WHERE true ON CONFLICT (jti) DO NOTHING
     RETURNING revoked, revoked_at AS at`,
  )
  const markBelow = createCascade(database)
  return (event) => {
    if (event.type !== 'delegation.issued') return
    const delegation = read(event)
    if (delegation === null) return
    const made = insert.get({ ...delegation, now: event.createdAt })
    // What grew from it may have been reported before it was.
    if (made?.['revoked'] === 1) markBelow({ jti: delegation.jti, at: Number(made['at']) })
  }
}

function read(event: StoredEvent) {
  const payload: Claims = isObject(event.payload) ? event.payload : {}
  const entry = payload['tct'] ?? payload['delegation']
  const claims = claimsOf(entry) ?? payload
  const token = text(entry, 'token')
  const delegator =
    text(payload, 'delegator_aid', 'delegator') ?? text(claims, 'delegator_aid', 'delegator', 'iss')
  const delegatee =
    text(payload, 'delegatee_aid', 'delegatee') ?? text(claims, 'delegatee_aid', 'delegatee', 'sub')
  const parent = asTokenId(
    text(payload, 'parent_jti', 'parentJti', 'src_jti') ??
      text(claims, 'parent_jti', 'parentJti', 'src_jti') ??
      text(voucherOf(claims), 'src_jti', 'parent_jti'),
  )
  const jti = asTokenId(
    text(payload, 'jti', 'child_jti') ??
      text(claims, 'jti', 'child_jti') ??
      (token === null ? null : syntheticDelegationId(token)),
  )
  if (delegator === null || delegatee === null || parent === null || jti === null) return null
  const scope = strings(claims['scope'] ?? claims['grants'] ?? payload['scope'])
  return {
    jti,
    parent,
    delegator,
    delegatee,
    scope: JSON.stringify(scope),
    issued: seconds(claims, 'iat', 'issued_at') ?? event.ts,
    expires: seconds(claims, 'exp', 'expires_at'),
  }
}

/** The voucher inside a delegation: its own, or that of the first hop of a chain. */
function voucherOf(claims: Claims): Claims | null {
  const { voucher, chain } = claims
  if (voucher !== undefined) return unverifiedPayload(voucher)
  const first = Array.isArray(chain) ? unverifiedPayload(chain[0]) : null
  return first === null ? null : unverifiedPayload(first['voucher'])
}
