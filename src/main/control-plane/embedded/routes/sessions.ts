import type { Context } from '../context.ts'
import { type EventStore, historyRecord } from '../events/event-store.ts'
import { asJsonLines, exportAnswer } from '../http/export.ts'
import { instant, paging, param } from '../http/query.ts'
import { type Answer, json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import { Refusal } from '../refusal.ts'
import { rawTct } from './tcts.ts'

/** Every event of a session; there is no limit to them (control-plane.md §1.7). */
const all = { limit: -1, offset: 0 } as const

/** Handshakes as they were reported (control-plane.md §3.6, §3.7). */
export function sessionRoutes({ database, now }: Context, store: EventStore): Route[] {
  const selectOne = database.prepare('SELECT * FROM handshake_sessions WHERE session_id = ?')
  const selectTcts = database.prepare(
    'SELECT * FROM issued_tcts WHERE session_id = ? ORDER BY issued_at, jti',
  )

  function one({ params }: Question): { id: string; session: Record<string, unknown> } {
    const id = params['id'] ?? ''
    const row = selectOne.get(id)
    if (row === undefined) throw new Refusal('NOT_FOUND', `There is no session ${id}.`)
    return { id, session: sessionRecord(row) }
  }

  const eventsOf = (sessionId: string) => store.list({ sessionId }, 'oldest', all).map(historyRecord)

  function exported(question: Question): Answer {
    const { id, session } = one(question)
    const tcts = selectTcts.all(id).map(rawTct)
    const events = eventsOf(id)
    return exportAnswer(
      question.query,
      `session-${id}`,
      { session, tcts, events, exportedAt: iso(now()) },
      () => asJsonLines({ session: [session], tct: tcts, event: events }),
    )
  }

  return [
    {
      method: 'GET',
      path: '/api/sessions',
      access: 'key',
      answer: ({ query }) =>
        json({
          sessions: listRows(database, {
            from: 'handshake_sessions',
            where: [
              ['status = ?', param(query, 'status')],
              ['run_id = ?', param(query, 'run_id', 'runId')],
              ['? IN (aid_a, aid_b)', param(query, 'aid')],
            ],
            order: 'created_at DESC, session_id',
            // The original answers 200 whatever is asked for (D-09).
            page: paging(query, { limit: 200, most: 1000 }),
          }).map(sessionRecord),
        }),
    },
    {
      method: 'GET',
      path: '/api/sessions/:id',
      access: 'key',
      answer: (question) => {
        const { id, session } = one(question)
        return json({ session, events: eventsOf(id) })
      },
    },
    {
      method: 'GET',
      path: '/api/sessions/:id/replay',
      access: 'key',
      // A session that nobody knows has no events; clients rely on that (D-22).
      answer: ({ params, query }) => {
        const sessionId = params['id'] ?? ''
        const since = instant(query, 'since', 'BAD_REQUEST')
        const until = instant(query, 'until', 'BAD_REQUEST')
        const page = { ...paging(query, { limit: 1000, most: 10_000 }), offset: 0 }
        const events = store.list({ sessionId, since, until }, 'oldest', page).map(historyRecord)
        return json({ sessionId, count: events.length, events })
      },
    },
    { method: 'GET', path: '/api/sessions/:id/export', access: 'key', answer: exported },
  ]
}

export function sessionRecord(row: Row): Record<string, unknown> {
  return {
    sessionId: row['session_id'],
    aidA: row['aid_a'],
    aidB: row['aid_b'],
    status: row['status'],
    grants: JSON.parse(String(row['grants'])),
    runId: row['run_id'],
    boundary: row['boundary'],
    error: row['error'],
    startedAt: iso(row['started_at']),
    completedAt: iso(row['completed_at']),
    createdAt: iso(row['created_at']),
    updatedAt: iso(row['updated_at']),
  }
}
