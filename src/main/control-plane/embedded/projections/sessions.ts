import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../events/event-bus.ts'
import { text } from '../events/normalise.ts'

/** What an event says of a handshake; a name that only third parties send counts as the one it means (D-01). */
const meanings: Readonly<Record<string, 'started' | 'complete' | 'failed'>> = {
  'handshake.started': 'started',
  'handshake.complete': 'complete',
  'handshake.completed': 'complete',
  'handshake.failed': 'failed',
}

/**
 * Sessions from handshake events (control-plane.md §5.1). Where the original ignores an end without a start, the row is
 * made from what is known, and a start that comes later fills in the rest: order does not matter.
 */
export function createSessionProjection(database: DatabaseSync): (event: StoredEvent) => void {
  const upsert = database.prepare(
    `INSERT INTO handshake_sessions
       (session_id, aid_a, aid_b, status, grants, run_id, boundary, error, started_at, completed_at,
        created_at, updated_at)
     VALUES (:session, :a, :b, :status, :grants, :run, :boundary, :error, :started, :completed, :now, :now)
     ON CONFLICT (session_id) DO UPDATE SET
       aid_a = coalesce(aid_a, excluded.aid_a),
       aid_b = coalesce(aid_b, excluded.aid_b),
       run_id = coalesce(run_id, excluded.run_id),
       boundary = coalesce(boundary, excluded.boundary),
       started_at = coalesce(started_at, excluded.started_at),
       status = CASE excluded.status WHEN 'started' THEN status ELSE excluded.status END,
       grants = CASE excluded.status WHEN 'complete' THEN excluded.grants ELSE grants END,
       completed_at = CASE excluded.status WHEN 'complete' THEN excluded.completed_at ELSE completed_at END,
       error = CASE excluded.status WHEN 'started' THEN error ELSE excluded.error END,
       updated_at = excluded.updated_at`,
  )
  return (event) => {
    const status = Object.hasOwn(meanings, event.type) ? meanings[event.type] : undefined
    if (status === undefined || event.sessionId === null) return
    upsert.run({
      session: event.sessionId,
      a: event.aidA,
      b: event.aidB,
      status,
      grants: JSON.stringify(status === 'complete' ? (event.grants ?? []) : []),
      run: event.runId,
      boundary: text(event.payload, 'boundary'),
      error: status === 'failed' ? text(event.payload, 'error') : null,
      started: status === 'started' ? event.ts : null,
      completed: status === 'complete' ? event.ts : null,
      now: event.createdAt,
    })
  }
}
