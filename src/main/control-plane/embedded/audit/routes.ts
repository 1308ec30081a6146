import type { Context } from '../context.ts'
import { paging, param } from '../http/query.ts'
import { json, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows } from '../list-rows.ts'

/** Who changed what, newest first (control-plane.md §3.16). */
export function auditRoute({ database }: Context): Route {
  return {
    method: 'GET',
    path: '/api/audit',
    access: 'key',
    answer: ({ query }) => {
      const entries = listRows(database, {
        from: 'admin_audit_log',
        where: [
          ['action = ?', param(query, 'action')],
          ['actor_id = ?', param(query, 'actor', 'actorId')],
        ],
        order: 'created_at DESC, rowid DESC',
        page: paging(query, { limit: 100, most: 1000 }),
      }).map((row) => ({
        id: row['id'],
        action: row['action'],
        actorId: row['actor_id'],
        targetId: row['target_id'],
        details: JSON.parse(String(row['details'])),
        requestId: row['request_id'],
        createdAt: iso(row['created_at']),
      }))
      return json({ entries, count: entries.length })
    },
  }
}
