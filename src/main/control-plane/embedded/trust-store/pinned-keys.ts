import { z } from 'zod'
import type { Context } from '../context.ts'
import { parseBody } from '../http/body.ts'
import { param } from '../http/query.ts'
import { json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import { Refusal } from '../refusal.ts'
import { Namespace } from './trust-anchors.ts'

const NewPin = z.object({
  aid: z.string().min(1).max(512),
  pubkey: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a key is 43 characters of base64url: Ed25519 only'),
  namespace: Namespace.default('default'),
  label: z.string().max(128).nullable().optional(),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
})

/** Keys that agents may be told to expect of each other; nothing here consults them (control-plane.md §3.13, §9). */
export function pinnedKeyRoutes({ database, audit, now }: Context): Route[] {
  const upsert = database.prepare(
    `INSERT INTO pinned_keys (namespace, aid, pubkey, label, expires_at, added_by, created_at, updated_at)
     VALUES (:namespace, :aid, :pubkey, :label, :expires, :by, :now, :now)
     ON CONFLICT (namespace, aid) DO UPDATE SET
       pubkey = excluded.pubkey, label = excluded.label, expires_at = excluded.expires_at,
       updated_at = excluded.updated_at`,
  )
  const select = database.prepare('SELECT * FROM pinned_keys WHERE namespace = ? AND aid = ?')
  const remove = database.prepare('DELETE FROM pinned_keys WHERE namespace = ? AND aid = ?')

  function one(aid: string, namespace: string): Row {
    const row = select.get(namespace, aid)
    if (row === undefined) throw new Refusal('NOT_FOUND', `No key of ${aid} is pinned in ${namespace}.`)
    return row
  }

  const namespaceIn = ({ query }: Question) => param(query, 'namespace')

  return [
    {
      method: 'GET',
      path: '/api/pinned-keys',
      access: 'key',
      answer: (question) => {
        const aid = param(question.query, 'aid')
        const namespace = namespaceIn(question)
        if (aid !== null) return json(pinRecord(one(aid, namespace ?? 'default')))
        const rows = listRows(database, {
          from: 'pinned_keys',
          where: [['namespace = ?', namespace]],
          order: 'created_at DESC, aid',
          page: { limit: -1, offset: 0 },
        })
        return json({ pinnedKeys: rows.map(pinRecord) })
      },
    },
    {
      method: 'POST',
      path: '/api/pinned-keys',
      access: 'key',
      idempotency: 'pinned-keys.upsert',
      answer: (question) => {
        const { aid, pubkey, namespace, label = null, expiresAt } = parseBody(NewPin, question.text)
        const expires = expiresAt ? Date.parse(expiresAt) : null
        upsert.run({ namespace, aid, pubkey, label, expires, by: question.actor, now: now() })
        audit.record('pinned-key.upsert', question, aid, { namespace })
        return json(pinRecord(one(aid, namespace)), 201)
      },
    },
    {
      method: 'DELETE',
      path: '/api/pinned-keys',
      access: 'key',
      answer: (question) => {
        const aid = param(question.query, 'aid')
        if (aid === null) throw new Refusal('BAD_REQUEST', 'aid is missing.')
        const namespace = namespaceIn(question) ?? 'default'
        one(aid, namespace)
        remove.run(namespace, aid)
        audit.record('pinned-key.delete', question, aid, { namespace })
        return json(null, 204)
      },
    },
  ]
}

function pinRecord(row: Row): Record<string, unknown> {
  return {
    namespace: row['namespace'],
    aid: row['aid'],
    pubkey: row['pubkey'],
    label: row['label'],
    expiresAt: iso(row['expires_at']),
    addedBy: row['added_by'],
    createdAt: iso(row['created_at']),
    updatedAt: iso(row['updated_at']),
  }
}
