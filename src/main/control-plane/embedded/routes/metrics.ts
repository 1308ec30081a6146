import { Gauge, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import type { RateLimits } from '../http/rate-limits.ts'
import type { Route } from '../http/route.ts'
import type { Breakers } from '../webhooks/breaker.ts'
import type { WebhookStore } from '../webhooks/webhook-store.ts'

export interface MetricParts {
  readonly limits: RateLimits
  readonly breakers: Breakers
  readonly webhooks: WebhookStore
  /** Readers of the live stream that were cut off because they did not read. */
  readonly cutOff: () => number
}

/** Senders choose the types of their events; no more of them than this become series. */
const mostTypes = 200

/** What it holds now, read when it is asked (control-plane.md §3.17); also without a database. */
export function metricsRoute({ database, audit }: Context, parts: MetricParts): Route {
  const registry = new Registry()
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `aitp_control_plane_${name}`, help, labelNames, registers: [registry] })
  const gauges = {
    agentsActive: gauge('agents_active', 'Agents that can be found.'),
    agentsExpired: gauge('agents_expired', 'Agents whose manifest has expired.'),
    sessions: gauge('sessions_total', 'Handshakes that were reported.'),
    deliveries: gauge('webhook_deliveries', 'Webhook deliveries that are not done.', ['status']),
    events: gauge('audit_events', 'Events that are stored.', ['type']),
    dbUp: gauge('db_up', 'Whether the database answers.'),
    drops: gauge('rate_limit_drops', 'Requests refused by a rate limit since the start.', ['bucket']),
    breakers: gauge('webhook_circuit_breaker_open', 'Receivers that are not told for now.', ['state']),
    auditFailures: gauge(
      'admin_audit_insert_failures',
      'Changes that could not be recorded since the start.',
    ),
    cutOff: gauge('event_backlog_dropped', 'Readers of the stream cut off since the start.'),
  }
  const agents = database.prepare(
    `SELECT count(*) FILTER (WHERE status = 'active') AS active,
            count(*) FILTER (WHERE status = 'expired') AS expired FROM agents`,
  )
  const sessions = database.prepare('SELECT count(*) AS n FROM handshake_sessions')
  const events = database.prepare(
    `SELECT type, count(*) AS n FROM audit_events GROUP BY type ORDER BY n DESC LIMIT ${mostTypes}`,
  )

  function readDatabase(): void {
    const { active, expired } = agents.get() ?? {}
    gauges.agentsActive.set(Number(active))
    gauges.agentsExpired.set(Number(expired))
    gauges.sessions.set(Number(sessions.get()?.['n']))
    for (const status of ['pending', 'failed'] as const)
      gauges.deliveries.set({ status }, parts.webhooks.count(status))
    gauges.events.reset()
    for (const { type, n } of events.all()) gauges.events.set({ type: String(type) }, Number(n))
  }

  return {
    method: 'GET',
    path: '/api/metrics',
    access: 'free',
    async answer() {
      try {
        readDatabase()
        gauges.dbUp.set(1)
      } catch {
        gauges.dbUp.set(0)
      }
      for (const [bucket, count] of parts.limits.drops) gauges.drops.set({ bucket }, count)
      for (const state of ['open', 'half_open'] as const)
        gauges.breakers.set({ state }, parts.breakers.count(state))
      gauges.auditFailures.set(audit.failures())
      gauges.cutOff.set(parts.cutOff())
      return { status: 200, text: await registry.metrics(), type: registry.contentType }
    },
  }
}
