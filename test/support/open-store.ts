import pino from 'pino'
import { openDatabase } from '../../src/main/store/database.ts'
import { createDeliveryStore } from '../../src/main/store/delivery-store.ts'
import { createEventLogs } from '../../src/main/store/event-log.ts'
import { createExchangeStore } from '../../src/main/store/exchange-store.ts'
import { createRunArchive } from '../../src/main/store/run-archive.ts'
import { createRunStore, type NewRun, type RunEnd } from '../../src/main/store/run-store.ts'
import type { Retention } from '../../src/shared/contract.ts'

const keepAll: Retention = { max_runs: null, max_age_days: null }

export type OpenStore = ReturnType<typeof openStoreAt>

/** The store of a host, with its database in `file`. Whoever asked for it closes it. */
export function openStoreAt(file: string, retention = keepAll) {
  const database = openDatabase(file)
  const store = createRunStore(database)
  const logs = createEventLogs(database, store)
  const exchanges = createExchangeStore(database)
  const deliveries = createDeliveryStore(database)
  const log = pino({ level: 'silent' })
  const archive = createRunArchive({ database, store, logs, exchanges, log }, retention)
  return { file, database, store, logs, exchanges, deliveries, archive }
}

export function newRun(run_id: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    run_id,
    scenario_ref: 'pack/scenario@1.0.0',
    run_label: null,
    template: null,
    inputs: {},
    cp: 'off',
    created_at: 1_700_000_000,
    ...changes,
  }
}

export const step = (id: string, notes = '') => ({ type: 'step.skipped' as const, step_id: id, notes })

export const success: RunEnd = { status: 'success', outputs: {}, error: null, asExpected: null }
