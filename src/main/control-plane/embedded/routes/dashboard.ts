import type { Context } from '../context.ts'
import { param } from '../http/query.ts'
import { json, type Route } from '../http/route.ts'
import { iso } from '../http/times.ts'
import { sessionRecord } from './sessions.ts'

const hourMs = 3_600_000

/** Length of each range, and what its buckets are cut to, as SQLite writes times. */
const ranges: Readonly<Record<string, { readonly ms: number; readonly bucket: string }>> = {
  '1h': { ms: hourMs, bucket: '%Y-%m-%dT%H:%M:00.000Z' },
  '24h': { ms: 24 * hourMs, bucket: '%Y-%m-%dT%H:00:00.000Z' },
  '7d': { ms: 7 * 24 * hourMs, bucket: '%Y-%m-%dT00:00:00.000Z' },
  '30d': { ms: 30 * 24 * hourMs, bucket: '%Y-%m-%dT00:00:00.000Z' },
}

const handshakeEnds = `('handshake.started', 'handshake.complete', 'handshake.completed')`

/** Counts over what was reported (control-plane.md §11). */
export function dashboardRoutes({ database, now }: Context): Route[] {
  const kpis = database.prepare(
    `SELECT
       (SELECT count(*) FROM agents WHERE status = 'active') AS agentsRegistered,
       (SELECT count(*) FROM handshake_sessions) AS handshakesTotal,
       (SELECT count(*) FROM handshake_sessions WHERE created_at >= :since) AS handshakesInRange,
       (SELECT count(*) FROM handshake_sessions WHERE created_at >= :since AND status = 'complete')
         AS handshakesSuccessInRange,
       (SELECT count(*) FROM handshake_sessions WHERE created_at >= :since AND status = 'started')
         AS activeSessions,
       (SELECT count(*) FROM audit_events WHERE type = 'capability.invoked' AND ts >= :since)
         AS capabilityInvocationsInRange,
       (SELECT count(*) FROM webhook_deliveries WHERE status = 'pending') AS pendingWebhookDeliveries`,
  )
  const recent = database.prepare(
    'SELECT * FROM handshake_sessions WHERE created_at >= ? ORDER BY created_at DESC, session_id LIMIT 20',
  )
  const byBoundary = database.prepare(
    `SELECT coalesce(boundary, 'unknown') AS boundary, count(*) AS count FROM handshake_sessions
     GROUP BY 1 ORDER BY count DESC, boundary`,
  )
  const overTime = database.prepare(
    `SELECT strftime(:bucket, ts / 1000.0, 'unixepoch') AS bucket, count(*) AS count FROM audit_events
     WHERE type IN ${handshakeEnds} AND ts >= :since GROUP BY 1 ORDER BY 1`,
  )
  const topCapabilities = database.prepare(
    // SQLite reads JSON less deep than it is taken in.
    `SELECT CASE WHEN json_valid(payload) THEN payload ->> '$.capability' END AS capability, count(*) AS count FROM audit_events
     WHERE type = 'capability.invoked' AND ts >= ? AND capability IS NOT NULL
     GROUP BY 1 ORDER BY count DESC, capability LIMIT 10`,
  )
  const agents = database.prepare(
    `SELECT aid, display_name, status, registered_at, last_seen_at,
       (SELECT count(*) FROM handshake_sessions WHERE aid_a = aid) AS as_initiator,
       (SELECT count(*) FROM handshake_sessions WHERE aid_b = aid) AS as_responder,
       (SELECT count(*) FROM audit_events WHERE type = 'capability.invoked' AND aid_a = aid)
         + (SELECT count(*) FROM audit_events WHERE type = 'capability.invoked' AND aid_b = aid)
         AS invocations
     FROM agents ORDER BY registered_at, aid`,
  )
  return [
    {
      method: 'GET',
      path: '/api/dashboard/overview',
      access: 'key',
      answer: ({ query }) => {
        // Some clients ask under another name (D-02).
        const asked = param(query, 'range', 'window') ?? ''
        const range = Object.hasOwn(ranges, asked) ? asked : '24h'
        const { ms = 0, bucket = '' } = ranges[range] ?? {}
        const since = now() - ms
        return json({
          range,
          kpis: kpis.get({ since }),
          recentSessions: recent
            .all(since)
            .map(sessionRecord)
            .map(
              ({ runId: _run, error: _error, createdAt: _created, updatedAt: _updated, ...session }) =>
                session,
            ),
          charts: {
            handshakesByBoundary: byBoundary.all(),
            handshakesOverTime: overTime.all({ bucket, since }),
            topCapabilities: topCapabilities.all(since),
          },
        })
      },
    },
    {
      method: 'GET',
      path: '/api/dashboard/agents',
      access: 'key',
      answer: () =>
        json({
          agents: agents.all().map((row) => ({
            aid: row['aid'],
            displayName: row['display_name'],
            status: row['status'],
            registeredAt: iso(row['registered_at']),
            lastSeenAt: iso(row['last_seen_at']),
            handshakesAsInitiator: row['as_initiator'],
            handshakesAsResponder: row['as_responder'],
            capabilityInvocations: row['invocations'],
          })),
        }),
    },
  ]
}
