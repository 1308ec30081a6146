import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import express from 'express'
import { sendEvents } from '../../api/sse.ts'
import { openDatabase } from '../../store/database.ts'
import { createEventLogs } from '../../store/event-log.ts'
import { createRunStore, type RunStore } from '../../store/run-store.ts'
import { subscribe } from './subscribers.ts'

export interface EventsWorkload {
  readonly subscribers: number
  readonly events: number
  /** How many are appended before readers get their turn: what an agent reports at a time. */
  readonly batch: number
}

export interface EventsRound {
  /** From the first append until every subscriber had the last event. */
  readonly oursMs: number
  /** Of one subscriber and one event each: from its append to its arrival. */
  readonly delaysMs: readonly number[]
  readonly bareMs: number
}

const runId = 'measured'
/** About as long as what events say of a step. */
const notes = 'x'.repeat(300)

/** Appends to a log that is followed over HTTP, and then inserts the same rows into another database. */
export async function measureRound(workload: EventsWorkload, folder: string): Promise<EventsRound> {
  const database = openDatabase(join(folder, 'ours.db'))
  try {
    const store = openRun(createRunStore(database))
    const logs = createEventLogs(database, store)
    const app = express()
    app.use((_request, response) => sendEvents(response, (signal) => logs.follow(runId, 0, signal)))
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const appendedAt: number[] = []
      const delaysMs: number[] = []
      const { done } = await subscribe(port, workload, (seq) => {
        delaysMs.push(performance.now() - (appendedAt[seq] ?? Number.NaN))
      })
      const log = logs.open(runId)
      const begin = performance.now()
      for (let seq = 1; seq <= workload.events; seq += 1) {
        appendedAt[seq] = performance.now()
        log.append(
          { type: 'step.skipped', step_id: `step_${seq}`, notes },
          { source: 'runner', causeSeq: [seq - 1] },
        )
        if (seq % workload.batch === 0) await turn()
      }
      await done
      const oursMs = performance.now() - begin
      return { oursMs, delaysMs, bareMs: insertBare(store, workload, join(folder, 'bare.db')) }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  } finally {
    database.close()
  }
}

function insertBare(store: RunStore, { events }: EventsWorkload, file: string): number {
  const database = openDatabase(file)
  try {
    openRun(createRunStore(database))
    const rows = store.events(runId, 0, events).map((event) => [event.seq, event.type, JSON.stringify(event)])
    const insert = database.prepare(
      'INSERT INTO events (run_id, seq, type, exchange_id, event) VALUES (?, ?, ?, NULL, ?)',
    )
    const begin = performance.now()
    for (const [seq, type, event] of rows) insert.run(runId, seq ?? 0, type ?? '', event ?? '')
    return performance.now() - begin
  } finally {
    database.close()
  }
}

function openRun(store: RunStore): RunStore {
  store.create({
    run_id: runId,
    scenario_ref: 'bench/events@1.0.0',
    run_label: null,
    template: null,
    inputs: {},
    cp: 'off',
    created_at: Date.now() / 1_000,
  })
  store.start(runId)
  return store
}
