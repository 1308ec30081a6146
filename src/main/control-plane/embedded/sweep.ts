import type { Context } from './context.ts'
import type { Ingest } from './events/ingest.ts'
import { ownEvent } from './events/own-event.ts'
import type { AgentStore } from './registry/agent-store.ts'

const dayMs = 24 * 3_600_000
/** Rows of one table that one sweep takes away at most. */
const mostRows = 10_000

/** Says once of each agent whose manifest has run out that it is no longer to be found (control-plane.md §7). */
export function expireAgents({ now }: Pick<Context, 'now'>, agents: AgentStore, ingest: Ingest): void {
  for (const { aid, display_name: displayName, namespace } of agents.outdated(now())) {
    agents.setStatus(String(aid), 'expired')
    const payload = { displayName, namespace, reason: 'manifest_expired' }
    ingest([ownEvent('agent.expired', payload, { now: now(), aidA: String(aid) })])
  }
}

/** Takes away what is older than it is kept for; 0 days keep it for ever (control-plane.md §12). */
export function createRetentionSweep({
  database,
  settings,
  now,
  log,
}: Pick<Context, 'database' | 'settings' | 'now' | 'log'>): () => void {
  const { retentionDays } = settings
  const rules: readonly { readonly table: string; readonly days: number; readonly condition: string }[] = [
    { table: 'audit_events', days: retentionDays.events, condition: 'ts < :before' },
    {
      table: 'webhook_deliveries',
      days: retentionDays.deliveries,
      condition: `status <> 'pending' AND created_at < :before`,
    },
    { table: 'admin_audit_log', days: retentionDays.adminAudit, condition: 'created_at < :before' },
    {
      table: 'agents',
      days: retentionDays.goneAgents,
      condition: `status = 'deregistered' AND coalesce(last_seen_at, registered_at) < :before`,
    },
  ]
  const statements = rules.map(({ table, days, condition }) => ({
    table,
    days,
    remove: database.prepare(
      `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT ${mostRows})`,
    ),
  }))
  const forgetKeys = database.prepare('DELETE FROM idempotency_keys WHERE created_at < ?')
  const forgetTokens = database.prepare('DELETE FROM enrollment_jtis WHERE expires_at < ?')
  return () => {
    const before = (days: number) => now() - days * dayMs
    for (const { table, days, remove } of statements) {
      if (days === 0) continue
      const { changes } = remove.run({ before: before(days) })
      if (changes > 0) log.info({ table, rows: changes, days }, 'old rows were taken away')
    }
    if (retentionDays.idempotencyKeys > 0) forgetKeys.run(before(retentionDays.idempotencyKeys))
    forgetTokens.run(now())
  }
}
