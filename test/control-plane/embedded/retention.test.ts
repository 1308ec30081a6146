import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createEventBus } from '../../../src/main/control-plane/embedded/events/event-bus.ts'
import { createEventStore } from '../../../src/main/control-plane/embedded/events/event-store.ts'
import { createIngest } from '../../../src/main/control-plane/embedded/events/ingest.ts'
import { controlPlaneMigrations } from '../../../src/main/control-plane/embedded/migrations.ts'
import { createAgentStore } from '../../../src/main/control-plane/embedded/registry/agent-store.ts'
import { defaultSettings } from '../../../src/main/control-plane/embedded/settings.ts'
import { createRetentionSweep, expireAgents } from '../../../src/main/control-plane/embedded/sweep.ts'
import { openDatabase } from '../../../src/main/store/database.ts'
import { temporaryFolder } from '../../support/folders.ts'

const day = 24 * 3_600_000

/** The Control Plane's own tables, at a time of the test's choice. */
function tables() {
  const database = openDatabase(join(temporaryFolder(), 'cp.db'), controlPlaneMigrations)
  onTestFinished(() => database.close())
  const now = 1_000 * day
  const bus = createEventBus()
  const log = pino({ level: 'silent' })
  const settings = { ...defaultSettings, retentionDays: { ...defaultSettings.retentionDays } }
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']
  return { database, settings, now: () => now, bus, log, count }
}

const rowsOfAge: readonly (readonly [table: string, days: number, sql: string])[] = [
  [
    'audit_events',
    90,
    `INSERT INTO audit_events (id, type, ts, payload, source, created_at) VALUES (:id, 't', :at, '{}', 's', 0)`,
  ],
  [
    'webhook_deliveries',
    14,
    `INSERT INTO webhook_deliveries (id, webhook_id, event_type, body, signature, status, created_at)
     VALUES (:id, 'w', 't', '{}', 's', 'failed', :at)`,
  ],
  ['admin_audit_log', 365, `INSERT INTO admin_audit_log (id, action, created_at) VALUES (:id, 'a', :at)`],
  [
    'agents',
    30,
    `INSERT INTO agents (aid, display_name, handshake_endpoint, offered_caps, manifest_json, status,
       registered_at, last_enrolled_at) VALUES (:id, 'n', 'h', '[]', '{}', 'deregistered', :at, 0)`,
  ],
  ['idempotency_keys', 7, `INSERT INTO idempotency_keys VALUES ('s', :id, 200, '{}', :at)`],
  ['enrollment_jtis', 0, 'INSERT INTO enrollment_jtis VALUES (:id, :at, 0)'],
]

test.each(rowsOfAge)('rows of %s are kept for %i days, and no longer', (table, days, sql) => {
  const parts = tables()
  const { database, now, count } = parts
  database.exec(`INSERT INTO webhooks VALUES ('w', 'u', '[]', 's', 1, 0, 0)`)
  const insert = database.prepare(sql)
  const at = now() - days * day
  insert.run({ id: 'just kept', at: at + 1 })
  insert.run({ id: 'just gone', at: at - 1 })
  createRetentionSweep(parts)()
  const column = { agents: 'aid', idempotency_keys: 'key', enrollment_jtis: 'jti' }[table] ?? 'id'
  expect(database.prepare(`SELECT ${column} AS id FROM ${table}`).all()).toEqual([{ id: 'just kept' }])
  expect(count(table)).toBe(1)
})

test('what is still owed, and agents that are not gone, are kept whatever their age', () => {
  const parts = tables()
  const { database, count } = parts
  database.exec(`INSERT INTO webhooks VALUES ('w', 'u', '[]', 's', 1, 0, 0)`)
  for (const [table, , sql] of rowsOfAge) {
    if (table !== 'webhook_deliveries' && table !== 'agents') continue
    database.prepare(sql.replace(`'failed'`, `'pending'`).replace(`'deregistered'`, `'expired'`)).run({
      id: 'old',
      at: 0,
    })
  }
  createRetentionSweep(parts)()
  expect([count('webhook_deliveries'), count('agents')]).toEqual([1, 1])
})

test('an agent whose manifest has run out is told of as expired, once', () => {
  const parts = tables()
  const { database, now, bus } = parts
  const insert = database.prepare(
    `INSERT INTO agents (aid, display_name, handshake_endpoint, offered_caps, manifest_json, manifest_expires_at,
       status, registered_at, last_enrolled_at) VALUES (?, 'n', 'h', '[]', '{}', ?, ?, 0, 0)`,
  )
  insert.run('aid:out', now(), 'active')
  insert.run('aid:good', now() + 1, 'active')
  insert.run('aid:off', 0, 'deregistered')
  const told: (string | null)[] = []
  bus.subscribe(({ type, aidA }) => told.push(type, aidA))
  const agents = createAgentStore(database)
  const ingest = createIngest(parts, createEventStore(database))
  expireAgents(parts, agents, ingest)
  expireAgents(parts, agents, ingest)
  expect(told).toEqual(['agent.expired', 'aid:out'])
  expect(agents.find('aid:out')).toMatchObject({ status: 'expired' })
})

test('rows that are to be kept for ever are', () => {
  const parts = tables()
  parts.settings.retentionDays = { ...parts.settings.retentionDays, events: 0 }
  parts.database.prepare(rowsOfAge[0]?.[2] ?? '').run({ id: 'old', at: 0 })
  createRetentionSweep(parts)()
  expect(parts.count('audit_events')).toBe(1)
})
