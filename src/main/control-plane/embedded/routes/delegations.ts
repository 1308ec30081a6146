import type { Context } from '../context.ts'
import { paging, param } from '../http/query.ts'
import { json, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import { Refusal } from '../refusal.ts'
import { asTokenId } from '../uuid.ts'

/** Delegations as they were reported, as a list or as the tree below one id (control-plane.md §3.10). */
export function delegationRoutes({ database, now }: Context): Route[] {
  // From a delegation, itself and all below it; from a TCT, which is no delegation, all below it (D-06).
  const selectTree = database.prepare(
    `WITH RECURSIVE tree (jti) AS (
       SELECT jti FROM delegations WHERE jti = :root
       UNION SELECT d.jti FROM delegations d JOIN issued_tcts t ON t.jti = d.parent_jti WHERE t.jti = :root
       UNION SELECT d.jti FROM delegations d JOIN tree ON d.parent_jti = tree.jti
     )
     SELECT * FROM delegations WHERE jti IN tree ORDER BY issued_at, jti`,
  )
  return [
    {
      method: 'GET',
      path: '/api/delegations',
      access: 'key',
      answer: ({ query }) => {
        const root = tokenId(query, 'root_jti', 'rootJti')
        const parent = tokenId(query, 'parent_jti', 'parentJti')
        const rows =
          root === null
            ? listRows(database, {
                from: 'delegations',
                where: [
                  ['parent_jti = ?', parent],
                  ['delegator_aid = ?', param(query, 'delegator')],
                  ['delegatee_aid = ?', param(query, 'delegatee')],
                  [
                    'NOT revoked AND coalesce(expires_at > ?, true)',
                    query.get('active') === 'true' ? now() : null,
                  ],
                ],
                order: 'issued_at DESC, jti',
                page: paging(query, { limit: 100, most: 1000 }),
              })
            : selectTree.all({ root })
        return json({ delegations: rows.map(delegationRecord) })
      },
    },
  ]
}

/** Throws `BAD_REQUEST` for one that is there and is no token id. */
function tokenId(query: URLSearchParams, ...names: readonly string[]): string | null {
  const text = param(query, ...names)
  if (text === null) return null
  const id = asTokenId(text)
  if (id === null) throw new Refusal('BAD_REQUEST', `${names[0]} is no UUID: ${text}`)
  return id
}

function delegationRecord(row: Row): Record<string, unknown> {
  return {
    jti: row['jti'],
    parentJti: row['parent_jti'],
    delegator: row['delegator_aid'],
    delegatee: row['delegatee_aid'],
    scope: JSON.parse(String(row['scope'])),
    issuedAt: iso(row['issued_at']),
    expiresAt: iso(row['expires_at']),
    revoked: row['revoked'] === 1,
    revokedAt: iso(row['revoked_at']),
    revokedReason: row['revoked_reason'],
  }
}
