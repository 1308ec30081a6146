import type { Context } from '../context.ts'
import { type EventStore, historyRecord } from '../events/event-store.ts'
import type { Ingest } from '../events/ingest.ts'
import { ownEvent } from '../events/own-event.ts'
import { asJsonLines, exportAnswer } from '../http/export.ts'
import { paging, param } from '../http/query.ts'
import { json, type Question, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import { Refusal } from '../refusal.ts'
import { sessionRecord } from '../routes/sessions.ts'
import { rawTct } from '../routes/tcts.ts'
import { type AgentStore, agentRecord, agentSummary, rawAgent } from './agent-store.ts'

/** Of one listing, in characters of JSON: less than clients read of one answer. */
const mostListed = 2 * 1024 * 1024

/** Discovery, and single agents (control-plane.md §3.1, §3.15). */
export function registryRoutes(
  { database, audit, now }: Context,
  agents: AgentStore,
  events: EventStore,
  ingest: Ingest,
): Route[] {
  function one({ params }: Question): { readonly aid: string; readonly row: Row } {
    const aid = params['aid'] ?? ''
    const row = agents.find(aid)
    if (row === undefined) throw new Refusal('NOT_FOUND', `No agent ${aid} has registered.`)
    return { aid, row }
  }

  return [
    {
      method: 'GET',
      path: '/api/registry/agents',
      access: 'public',
      answer: ({ query }) => {
        const rows = agents.list(
          {
            capability: param(query, 'capability'),
            aid: param(query, 'aid'),
            displayName: param(query, 'display_name', 'displayName'),
            namespace: param(query, 'namespace'),
            // Ours alone: discovery itself only ever lists who can be reached.
            isAll: query.get('status') === 'all',
          },
          now(),
          paging(query, { limit: 200, most: 1000 }),
        )
        const withManifest = query.get('include_manifest') === 'true'
        return json({ agents: firstOf(rows.map((row) => agentRecord(row, withManifest))) })
      },
    },
    {
      method: 'GET',
      path: '/api/registry/agents/:aid',
      access: 'public',
      answer: (question) =>
        json(agentSummary(one(question).row), 200, { 'cache-control': 'public, max-age=30' }),
    },
    {
      method: 'GET',
      path: '/api/registry/agents/:aid/manifest',
      access: 'public',
      answer: (question) => ({
        status: 200,
        text: String(one(question).row['manifest_json']),
        type: 'application/json',
        headers: { 'cache-control': 'max-age=60' },
      }),
    },
    {
      method: 'DELETE',
      path: '/api/registry/agents/:aid',
      access: 'key',
      answer: (question) => {
        const { aid } = one(question)
        agents.setStatus(aid, 'deregistered')
        const payload = { reason: 'admin_deregister' }
        ingest([ownEvent('agent.deregistered', payload, { now: now(), aidA: aid })])
        audit.record('agent.deregister', question, aid)
        return json({ aid, status: 'deregistered' })
      },
    },
    {
      method: 'GET',
      path: '/api/registry/agents/:aid/export',
      access: 'key',
      answer: (question) => {
        const { aid, row } = one(question)
        const { query } = question
        const agent = rawAgent(row)
        const every = { limit: -1, offset: 0 }
        const sessions = listRows(database, {
          from: 'handshake_sessions',
          where: [['? IN (aid_a, aid_b)', aid]],
          order: 'created_at, session_id',
          page: every,
        }).map(sessionRecord)
        const tcts = listRows(database, {
          from: 'issued_tcts',
          where: [['? IN (issuer_aid, subject_aid, audience_aid)', aid]],
          order: 'issued_at, jti',
          page: every,
        }).map(rawTct)
        const { limit } = paging(query, { limit: 1000, most: 10_000, name: 'eventLimit' })
        const told = events.list({ aid }, 'newest', { limit, offset: 0 }).map(historyRecord)
        return exportAnswer(
          query,
          `agent-${aid}`,
          { agent, sessions, tcts, events: told, exportedAt: iso(now()) },
          () => asJsonLines({ agent: [agent], session: sessions, tct: tcts, event: told }),
        )
      },
    },
  ]
}

/** As many from the first as one answer holds; the next page begins after them. */
function firstOf(records: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  let size = 0
  const end = records.findIndex((record) => {
    size += JSON.stringify(record).length
    return size > mostListed
  })
  return end === -1 ? records : records.slice(0, Math.max(end, 1))
}
