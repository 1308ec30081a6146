import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../events/event-bus.ts'
import { isObject, text } from '../events/normalise.ts'
import { asTokenId } from '../uuid.ts'
import { bindingOf, type Claims, claimsOf, seconds, strings } from './claims.ts'

const issuing: readonly string[] = ['handshake.complete', 'handshake.completed', 'tct.issued']

/**
 * TCTs as they were reported to be issued (control-plane.md §5.2). The first report of a `jti` stands. One that is
 * revoked already is stored as revoked.
 */
export function createTctProjection(database: DatabaseSync): (event: StoredEvent) => void {
  const insert = database.prepare(
    `INSERT INTO issued_tcts
       (jti, issuer_aid, subject_aid, audience_aid, grants, binding_cnf, issued_at, expires_at, session_id,
        revoked, revoked_at, created_at)
     SELECT :jti, :issuer, :subject, :audience, :grants, :binding, :issued, :expires, :session,
            r.jti IS NOT NULL, r.revoked_at, :now
     FROM (SELECT 1) LEFT JOIN revocation_entries r ON r.jti = :jti
     WHERE true ON CONFLICT (jti) DO NOTHING`,
  )
  const insertGrant = database.prepare('INSERT INTO tct_grants VALUES (?, ?) ON CONFLICT DO NOTHING')

  function issue(event: StoredEvent, claims: Claims): void {
    const jti = asTokenId(claims['jti'])
    const issuer = text(claims, 'iss', 'issuer', 'issuer_aid', 'issuerAid')
    const subject = text(claims, 'sub', 'subject', 'subject_aid', 'subjectAid')
    if (jti === null || issuer === null || subject === null) return
    const grants = strings(claims['grants'])
    const { changes } = insert.run({
      jti,
      issuer,
      subject,
      audience: text(claims, 'aud', 'audience', 'audience_aid', 'audienceAid') ?? subject,
      grants: JSON.stringify(grants),
      binding: bindingOf(claims),
      issued: seconds(claims, 'iat', 'issued_at') ?? event.ts,
      expires: seconds(claims, 'exp', 'expires_at'),
      session: event.sessionId,
      now: event.createdAt,
    })
    if (changes === 1) for (const grant of grants) insertGrant.run(grant, jti)
  }

  return (event) => {
    if (!issuing.includes(event.type) || !isObject(event.payload)) return
    const { tcts, tct } = event.payload
    for (const entry of Array.isArray(tcts) ? tcts : [tct]) {
      const claims = claimsOf(entry)
      if (claims !== null) issue(event, claims)
    }
  }
}
