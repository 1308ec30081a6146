import type { DatabaseSync } from 'node:sqlite'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'
import type { StoredEvent } from './event-bus.ts'
import type { NormalisedEvent } from './normalise.ts'

export interface EventFilter {
  readonly type?: string | null
  /** Either side. */
  readonly aid?: string | null
  readonly sessionId?: string | null
  readonly runId?: string | null
  /** Unix milliseconds, both inclusive. */
  readonly since?: number | null
  readonly until?: number | null
}

/** Every event that was reported, as it was reported. */
export interface EventStore {
  /** `null` when an event of that id is stored already. */
  insert(event: NormalisedEvent): StoredEvent | null
  list(
    filter: EventFilter,
    order: 'newest' | 'oldest',
    page: { limit: number; offset: number },
  ): StoredEvent[]
  /** In order of storage. */
  after(seq: number, limit: number): StoredEvent[]
  newest(limit: number): StoredEvent[]
}

export function createEventStore(database: DatabaseSync): EventStore {
  const insert = database.prepare(
    `INSERT INTO audit_events
       (id, type, ts, aid_a, aid_b, session_id, run_id, grants, payload, source, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  )
  const selectAfter = database.prepare('SELECT * FROM audit_events WHERE seq > ? ORDER BY seq LIMIT ?')
  const selectNewest = database.prepare('SELECT * FROM audit_events ORDER BY seq DESC LIMIT ?')
  return {
    insert(event) {
      const { changes, lastInsertRowid } = insert.run(
        event.id,
        event.type,
        event.ts,
        event.aidA,
        event.aidB,
        event.sessionId,
        event.runId,
        event.grants === null ? null : JSON.stringify(event.grants),
        JSON.stringify(event.payload),
        event.source,
        event.createdAt,
      )
      return changes === 0 ? null : { ...event, seq: Number(lastInsertRowid) }
    },
    list: ({ type, aid, sessionId, runId, since, until }, order, page) =>
      listRows(database, {
        from: 'audit_events',
        where: [
          ['type = ?', type],
          ['? IN (aid_a, aid_b)', aid],
          ['session_id = ?', sessionId],
          ['run_id = ?', runId],
          ['ts >= ?', since],
          ['ts <= ?', until],
        ],
        order: order === 'newest' ? 'ts DESC, seq DESC' : 'ts, seq',
        page,
      }).map(stored),
    after: (seq, limit) => selectAfter.all(seq, limit).map(stored),
    newest: (limit) => selectNewest.all(limit).map(stored).reverse(),
  }
}

function stored(row: Row): StoredEvent {
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    seq: Number(row['seq']),
    id: String(row['id']),
    type: String(row['type']),
    ts: Number(row['ts']),
    aidA: text(row['aid_a']),
    aidB: text(row['aid_b']),
    sessionId: text(row['session_id']),
    runId: text(row['run_id']),
    grants: typeof row['grants'] === 'string' ? JSON.parse(row['grants']) : null,
    payload: JSON.parse(String(row['payload'])),
    source: String(row['source']),
    createdAt: Number(row['created_at']),
  }
}

/** As history answers it: what is absent is `null` (control-plane.md §3.5). */
export function historyRecord({ seq: _seq, ts, createdAt, ...event }: StoredEvent): Record<string, unknown> {
  return { ...event, ts: iso(ts), createdAt: iso(createdAt) }
}

/** As streams and webhooks tell it: what is absent is left out (control-plane.md §10). */
export function liveRecord({
  seq: _seq,
  createdAt: _created,
  ts,
  ...event
}: StoredEvent): Record<string, unknown> {
  const present = Object.entries(event).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(present), ts: iso(ts) }
}
