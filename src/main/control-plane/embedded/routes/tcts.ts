import type { Context } from '../context.ts'
import { paging, param } from '../http/query.ts'
import { json, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'

/** Tokens as they were reported (control-plane.md §3.9). */
export function tctRoutes({ database, now }: Context): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/tcts',
      access: 'key',
      answer: ({ query }) =>
        json({
          tcts: listRows(database, {
            from: 'issued_tcts',
            where: [
              ['issuer_aid = ?', param(query, 'issuer')],
              ['subject_aid = ?', param(query, 'subject')],
              ['audience_aid = ?', param(query, 'audience')],
              ['jti IN (SELECT jti FROM tct_grants WHERE capability = ?)', param(query, 'capability')],
              ['session_id = ?', param(query, 'sessionId')],
              [
                'NOT revoked AND coalesce(expires_at > ?, true)',
                query.get('active') === 'true' ? now() : null,
              ],
            ],
            order: 'issued_at DESC, jti',
            page: paging(query, { limit: 100, most: 1000 }),
          }).map(tctRecord),
        }),
    },
  ]
}

function common(row: Row) {
  return {
    grants: JSON.parse(String(row['grants'])),
    bindingCnf: row['binding_cnf'],
    issuedAt: iso(row['issued_at']),
    expiresAt: iso(row['expires_at']),
    sessionId: row['session_id'],
    revoked: row['revoked'] === 1,
    revokedAt: iso(row['revoked_at']),
  }
}

function tctRecord(row: Row): Record<string, unknown> {
  return {
    jti: row['jti'],
    issuer: row['issuer_aid'],
    subject: row['subject_aid'],
    audience: row['audience_aid'],
    ...common(row),
  }
}

/** As exports have it, under the names of the columns (control-plane.md §3.7). */
export function rawTct(row: Row): Record<string, unknown> {
  return {
    jti: row['jti'],
    issuerAid: row['issuer_aid'],
    subjectAid: row['subject_aid'],
    audienceAid: row['audience_aid'],
    ...common(row),
    createdAt: iso(row['created_at']),
  }
}
