import { join } from 'node:path'
import pino from 'pino'
import { openDatabase } from '../../src/main/store/database.ts'
import { createEventLogs } from '../../src/main/store/event-log.ts'
import { createExchangeStore } from '../../src/main/store/exchange-store.ts'
import { createRunArchive } from '../../src/main/store/run-archive.ts'
import { createRunStore, type NewRun, type RunEnd } from '../../src/main/store/run-store.ts'
import type { Retention } from '../../src/shared/contract.ts'
import type { StoredCapture } from '../../src/shared/exchange.ts'
import { temporaryFolder } from './folders.ts'

export const keepAll: Retention = { max_runs: null, max_age_days: null }

/** The store of a host, in a database of its own unless `file` names one. */
export function openStore(file = join(temporaryFolder(), 'console.db'), retention = keepAll) {
  const database = openDatabase(file)
  const store = createRunStore(database)
  const logs = createEventLogs(database, store)
  const exchanges = createExchangeStore(database)
  const log = pino({ level: 'silent' })
  const archive = createRunArchive({ database, store, logs, exchanges, log }, retention)
  return { file, database, store, logs, exchanges, archive }
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

export function capture(changes: Partial<StoredCapture>): StoredCapture {
  return {
    exchange_id: '00000000000000e1',
    trace_id: '0'.repeat(32),
    side: 'client',
    agent_id: 'alice',
    kind: 'hello',
    operation: null,
    session_id: null,
    peer_agent_id: 'bob',
    peer_aid: null,
    started_at: 1,
    duration_ms: 2,
    request: {
      method: 'POST',
      url: 'http://127.0.0.1:1/aitp/handshake/hello',
      headers: [],
      body: { text: '{}', bytes: 2, truncated: false },
    },
    response: { status: 200, headers: [], body: { text: '{}', bytes: 2, truncated: false } },
    error: null,
    report: null,
    request_tokens: [],
    response_tokens: [],
    ...changes,
  }
}
