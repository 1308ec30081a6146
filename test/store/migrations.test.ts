import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../src/main/store/migrations.ts'
import { RunFilter } from '../../src/shared/contract.ts'
import { temporaryFolder } from '../support/folders.ts'
import { capture, openStore } from '../support/store.ts'

const event = (seq: number) => ({
  type: 'step.skipped',
  step_id: String(seq),
  notes: '',
  seq,
  ts: 1_700_000_000 + seq,
  offset_ms: seq,
  run_id: 'old',
  source: 'runner',
  cause_seq: [],
})

/** What a host of that schema had written: a run that had ended, one that was going on, events, a capture. */
function databaseOf(version: number): string {
  const file = join(temporaryFolder(), 'console.db')
  const database = new DatabaseSync(file)
  for (const sql of migrations.slice(0, version)) database.exec(sql)
  database.exec(`PRAGMA user_version = ${version}`)
  const insert = database.prepare(
    `INSERT INTO runs (run_id, status, scenario_ref, run_label, template, inputs, agents, outputs, error, error_code, created_at)
     VALUES (?, ?, 'pack/old@1.0.0', 'a label', 'a-template', '{"a":1}', '[]', '{"b":2}', ?, ?, 1700000000)`,
  )
  insert.run('old', 'failed', 'it went wrong', 'agent_exited')
  insert.run('left', 'running', null, null)
  if (version >= 2) database.exec("UPDATE runs SET as_expected = 1, cp = 'http://127.0.0.1:9'")
  if (version >= 3) database.exec("UPDATE runs SET ended_at = 1700000009 WHERE run_id = 'old'")
  const insertEvent = database.prepare('INSERT INTO events (run_id, seq, type, event) VALUES (?, ?, ?, ?)')
  for (const seq of [1, 2, 3]) insertEvent.run('old', seq, 'step.skipped', JSON.stringify(event(seq)))
  database
    .prepare(
      'INSERT INTO captures (run_id, exchange_id, agent_id, offset_ms, capture) VALUES (?, ?, ?, ?, ?)',
    )
    .run('old', '00000000000000e1', 'alice', 5, JSON.stringify(capture({})))
  database.close()
  return file
}

describe.each(migrations.map((_, index) => index + 1))('a database of version %i', (version) => {
  it('is opened with everything that was in it', () => {
    const { store, exchanges, database } = openStore(databaseOf(version))
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length })
    expect(store.get('old')).toEqual({
      run_id: 'old',
      status: 'failed',
      scenario_ref: 'pack/old@1.0.0',
      run_label: 'a label',
      template: 'a-template',
      inputs: { a: 1 },
      agents: [],
      outputs: { b: 2 },
      events: [1, 2, 3].map(event),
      error: 'it went wrong',
      error_code: 'agent_exited',
      as_expected: version >= 2 ? true : null,
      cp: version >= 2 ? 'http://127.0.0.1:9' : 'off',
      created_at: 1_700_000_000,
      imported: false,
    })
    expect(exchanges.captures('old')).toEqual([{ offsetMs: 5, capture: capture({}) }])
    expect(store.list(RunFilter.parse({})).runs).toMatchObject([
      { run_id: 'old', event_count: 3, imported: false },
      { run_id: 'left', status: 'running', event_count: 0 },
    ])
    expect(store.unfinished()).toEqual(['left'])
  })

  it('has ended runs in it that can be deleted and be beyond what is kept, and others that cannot', () => {
    const { store } = openStore(databaseOf(version))
    expect(store.beyond(null, 1_800_000_000)).toEqual(['old'])
    expect(store.delete('left')).toBe(false)
    expect(store.delete('old')).toBe(true)
    expect(store.events('old', 0, -1)).toEqual([])
  })
})
