import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../events/event-bus.ts'
import { text } from '../events/normalise.ts'
import { asTokenId } from '../uuid.ts'

/** Everything below a token or delegation that is revoked, whatever the order of reports (control-plane.md §5.4). */
export function createCascade(database: DatabaseSync): (revocation: { jti: string; at: number }) => void {
  const markBelow = database.prepare(
    `WITH RECURSIVE below (jti) AS (
       SELECT jti FROM delegations WHERE parent_jti = :jti
       UNION SELECT d.jti FROM delegations d JOIN below ON d.parent_jti = below.jti
     )
     UPDATE delegations SET revoked = 1, revoked_at = :at, revoked_reason = 'parent_revoked'
     WHERE jti IN below AND jti <> :jti AND NOT revoked`,
  )
  return (revocation) => void markBelow.run(revocation)
}

/**
 * Marks what a revocation takes with it: the token or delegation itself (D-11), and every delegation below it
 * (control-plane.md §5.4). What was revoked before keeps its date and its reason.
 */
export function createRevocationProjection(database: DatabaseSync): (event: StoredEvent) => void {
  const markTct = database.prepare(
    'UPDATE issued_tcts SET revoked = 1, revoked_at = :at WHERE jti = :jti AND NOT revoked',
  )
  const markDelegation = database.prepare(
    `UPDATE delegations SET revoked = 1, revoked_at = :at, revoked_reason = 'explicit'
     WHERE jti = :jti AND NOT revoked`,
  )
  const markBelow = createCascade(database)
  return (event) => {
    const isTct = event.type === 'tct.revoked'
    if (!isTct && event.type !== 'delegation.revoked') return
    const jti = asTokenId(text(event.payload, 'jti'))
    if (jti === null) return
    const revocation = { jti, at: event.ts }
    if (isTct) markTct.run(revocation)
    markDelegation.run(revocation)
    markBelow(revocation)
  }
}
