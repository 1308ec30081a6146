import { z } from 'zod'
import type { Context } from '../context.ts'
import type { Ingest } from '../events/ingest.ts'
import { ownEvent } from '../events/own-event.ts'
import { parseBody } from '../http/body.ts'
import { json, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { Refusal } from '../refusal.ts'
import { asTokenId } from '../uuid.ts'
import type { RevocationList } from './revocation-list.ts'

const Entry = z.object({
  jti: z.unknown().optional(),
  reason: z.string().max(500).nullable().optional(),
  revokedAt: z.unknown().optional(),
})

/** How far ahead of ours another clock may be. */
const mostAheadMs = 60_000

/** What is revoked is recorded here and published as a signed list (control-plane.md §3.3, §3.4). */
export function revocationRoutes(
  { database, audit, now }: Context,
  list: RevocationList,
  ingest: Ingest,
): Route[] {
  const insert = database.prepare('INSERT INTO revocation_entries VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const serve = () => ({
    status: 200,
    text: list.current(),
    type: 'application/json',
    headers: { 'cache-control': 'max-age=60' },
  })
  return [
    {
      method: 'POST',
      path: '/api/revocation/entries',
      access: 'key',
      idempotency: 'revocation.entries',
      answer: (question) => {
        const body = parseBody(Entry, question.text)
        const jti = asTokenId(body.jti)
        if (jti === null) throw new Refusal('JTI_INVALID', 'jti is a UUID of version 1 to 5.')
        const reason = body.reason ?? null
        const revokedAt = instantOr(body.revokedAt, now())
        // A list with another date in it is one that verifiers refuse.
        if (revokedAt < 0 || revokedAt > now() + mostAheadMs) {
          throw new Refusal('BODY_INVALID', 'revokedAt lies between 1970 and now.')
        }
        // The first entry of an id stands; the answer repeats what was asked.
        insert.run(jti, revokedAt, reason, now())
        list.drop()
        ingest([ownEvent('tct.revoked', { jti, reason }, { now: now(), ts: revokedAt })])
        audit.record('revocation.add', question, jti, { reason })
        return json({ jti, revokedAt: iso(revokedAt), reason }, 201)
      },
    },
    { method: 'GET', path: '/.well-known/aitp-revocation-list', access: 'free', answer: serve },
    { method: 'GET', path: '/api/well-known/aitp-revocation-list', access: 'public', answer: serve },
  ]
}

function instantOr(given: unknown, otherwise: number): number {
  const at = typeof given === 'string' ? Date.parse(given) : Number.NaN
  return Number.isNaN(at) ? otherwise : at
}
