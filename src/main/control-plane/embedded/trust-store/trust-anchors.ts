import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { parseBody } from '../http/body.ts'
import { param } from '../http/query.ts'
import { json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import { Refusal } from '../refusal.ts'

const Address = z.url({ protocol: /^https?$/ }).max(2048)
const Label = z.string().max(128)
export const Namespace = z.string().min(1).max(128)

const NewAnchor = z.object({
  issuerUrl: Address,
  namespace: Namespace.default('default'),
  jwksUrl: Address.nullable().optional(),
  label: Label.nullable().optional(),
})
const AnchorPatch = z.object({
  issuerUrl: Address.optional(),
  jwksUrl: Address.nullable().optional(),
  label: Label.nullable().optional(),
})

/** Issuers whose identities agents may be told to accept; nothing here consults them (control-plane.md §3.12, §9). */
export function trustAnchorRoutes({ database, audit, now }: Context): Route[] {
  const insert = database.prepare(
    `INSERT INTO trust_anchors (id, namespace, issuer_url, jwks_url, label, added_by, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = database.prepare('SELECT * FROM trust_anchors WHERE id = ?')
  const selectSame = database.prepare('SELECT id FROM trust_anchors WHERE namespace = ? AND issuer_url = ?')
  const update = database.prepare(
    `UPDATE OR IGNORE trust_anchors SET issuer_url = ?, jwks_url = ?, label = ?, updated_at = ? WHERE id = ?`,
  )
  const remove = database.prepare('DELETE FROM trust_anchors WHERE id = ?')

  function one({ params }: Question): Row {
    const row = select.get(params['id'] ?? '')
    if (row === undefined) throw new Refusal('NOT_FOUND', `There is no trust anchor ${params['id']}.`)
    return row
  }

  function duplicate(namespace: string, issuerUrl: string): Refusal {
    const existing = selectSame.get(namespace, issuerUrl)?.['id']
    return new Refusal('ALREADY_EXISTS', `${issuerUrl} is a trust anchor of ${namespace} already.`, {
      more: { existing: { id: existing } },
    })
  }

  return [
    {
      method: 'GET',
      path: '/api/trust-anchors',
      access: 'key',
      answer: ({ query }) =>
        json({
          trustAnchors: listRows(database, {
            from: 'trust_anchors',
            where: [['namespace = ?', param(query, 'namespace')]],
            order: 'created_at DESC, id',
            page: { limit: -1, offset: 0 },
          }).map((row) => anchorRecord(row)),
        }),
    },
    {
      method: 'POST',
      path: '/api/trust-anchors',
      access: 'key',
      idempotency: 'trust-anchors.create',
      answer: (question) => {
        const { issuerUrl, namespace, jwksUrl = null, label = null } = parseBody(NewAnchor, question.text)
        const id = randomUUID()
        const at = now()
        // The original fails here without a word (D-07).
        if (insert.run(id, namespace, issuerUrl, jwksUrl, label, question.actor, at, at).changes === 0)
          throw duplicate(namespace, issuerUrl)
        audit.record('trust-anchor.create', question, id, { issuerUrl, namespace })
        return json(anchorRecord(select.get(id) ?? {}), 201)
      },
    },
    {
      method: 'GET',
      path: '/api/trust-anchors/:id',
      access: 'key',
      answer: (question) => json(withoutAddedBy(anchorRecord(one(question)))),
    },
    {
      method: 'PATCH',
      path: '/api/trust-anchors/:id',
      access: 'key',
      answer: (question) => {
        const row = one(question)
        const patch = parseBody(AnchorPatch, question.text)
        const { issuerUrl = row['issuer_url'], jwksUrl = row['jwks_url'], label = row['label'] } = patch
        const id = String(row['id'])
        const changed = update.run(String(issuerUrl), textOrNull(jwksUrl), textOrNull(label), now(), id)
        if (changed.changes === 0) throw duplicate(String(row['namespace']), String(issuerUrl))
        audit.record('trust-anchor.update', question, id, patch)
        return json(withoutAddedBy(anchorRecord(one(question))))
      },
    },
    {
      method: 'DELETE',
      path: '/api/trust-anchors/:id',
      access: 'key',
      answer: (question) => {
        const id = String(one(question)['id'])
        remove.run(id)
        audit.record('trust-anchor.delete', question, id)
        return json(null, 204)
      },
    },
  ]
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function anchorRecord(row: Row): Record<string, unknown> {
  return {
    id: row['id'],
    namespace: row['namespace'],
    issuerUrl: row['issuer_url'],
    jwksUrl: row['jwks_url'],
    label: row['label'],
    jwksCachedAt: iso(row['jwks_cached_at']),
    addedBy: row['added_by'],
    createdAt: iso(row['created_at']),
    updatedAt: iso(row['updated_at']),
  }
}

function withoutAddedBy({ addedBy: _, ...record }: Record<string, unknown>): Record<string, unknown> {
  return record
}
