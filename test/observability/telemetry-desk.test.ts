import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/main/observability/metrics/metrics.ts'
import { createTelemetryDesk } from '../../src/main/observability/telemetry-desk.ts'
import { openDatabase } from '../../src/main/store/database.ts'
import { createEventLogs } from '../../src/main/store/event-log.ts'
import { createExchangeStore } from '../../src/main/store/exchange-store.ts'
import { createRunStore } from '../../src/main/store/run-store.ts'
import type { TelemetryItem } from '../../src/shared/telemetry.ts'
import { TelemetryBatch } from '../../src/shared/telemetry.ts'
import { temporaryFolder } from '../support/folders.ts'

function openDesk() {
  const database = openDatabase(join(temporaryFolder(), 'console.db'))
  const store = createRunStore(database)
  store.create({
    run_id: 'r',
    scenario_ref: 'p/s@1.0.0',
    run_label: null,
    template: null,
    inputs: {},
    cp: 'off',
    created_at: 1,
  })
  const warnings: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => warnings.push(line) })
  const desk = createTelemetryDesk({
    exchanges: createExchangeStore(database),
    metrics: createMetrics(),
    log,
  })
  desk.admit('secret-of-a', { log: createEventLogs(database, store).open('r'), agentId: 'a' })
  return { desk, store, warnings }
}

const item = (agent_seq: number): TelemetryItem => ({
  item: 'event',
  agent_seq,
  ts: 1,
  operation: null,
  event: { type: 'capability.self_execute', capability: `c${agent_seq}` },
})

describe('the telemetry desk', () => {
  it('stamps who reported from the secret, whatever the report says', () => {
    const { desk, store } = openDesk()
    const forged = { ...item(1), event: { ...item(1), agent_id: 'b', run_id: 'other', source: 'runner' } }
    expect(TelemetryBatch.safeParse({ items: [forged] }).success).toBe(false)
    desk.receive('secret-of-a', { items: [item(1)] })
    expect(store.events('r', 0, 10)).toMatchObject([{ agent_id: 'a', source: 'agent', run_id: 'r' }])
  })

  it('takes no type that only the runner may report', () => {
    const forged = { ...item(1), event: { type: 'run.complete' } }
    expect(TelemetryBatch.safeParse({ items: [forged] }).success).toBe(false)
  })

  it('tells a batch that was sent twice once, and says when something is missing', () => {
    const { desk, store, warnings } = openDesk()
    desk.receive('secret-of-a', { items: [item(1), item(2)] })
    desk.receive('secret-of-a', { items: [item(1), item(2), item(3)] })
    expect(store.events('r', 0, 10)).toHaveLength(3)
    expect(warnings).toEqual([])
    desk.receive('secret-of-a', { items: [item(6)] })
    expect(JSON.parse(String(warnings[0]))).toMatchObject({ agent_id: 'a', from: 4, to: 5 })
  })

  it('takes nothing under another secret, nor after the run', () => {
    const { desk, store } = openDesk()
    const refused = expect.objectContaining({ code: 'telemetry_refused' })
    expect(() => desk.receive('guess', { items: [item(1)] })).toThrow(refused)
    desk.dismissRun('r')
    expect(() => desk.receive('secret-of-a', { items: [item(1)] })).toThrow(refused)
    expect(store.events('r', 0, 10)).toEqual([])
  })
})
