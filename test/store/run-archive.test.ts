import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { readRetention } from '../../src/main/store/retention.ts'
import { createRunArchive } from '../../src/main/store/run-archive.ts'
import { RunFilter } from '../../src/shared/contract.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { temporaryFolder } from '../support/folders.ts'
import type { OpenStore } from '../support/open-store.ts'
import { capture, newRun, openStore, step, success } from '../support/store.ts'

function finished({ store, logs }: OpenStore, runId: string, events = 3): void {
  store.create(newRun(runId))
  const log = logs.open(runId)
  for (let n = 1; n < events; n += 1) log.append(step(`s${n}`), { source: 'runner', causeSeq: [] })
  log.end({ type: 'run.complete' }, success, [events - 1])
}

const idsOf = ({ store }: OpenStore) => store.list(RunFilter.parse({})).runs.map(({ run_id }) => run_id)

async function collect(events: AsyncIterable<RunEvent>): Promise<unknown[]> {
  const told: unknown[] = []
  for await (const event of events) told.push('step_id' in event ? event.step_id : event.type)
  return told
}

/** A run with two captures, as one file. */
function exported() {
  const opened = openStore()
  finished(opened, 'r')
  opened.exchanges.put('r', 4, capture({}))
  opened.exchanges.put('r', 5, capture({ side: 'server', agent_id: 'bob' }))
  return opened.archive.export('r', 'all')
}

describe('deleting a run', () => {
  it('takes its events and captures with it, and leaves the others (B-29)', () => {
    const opened = openStore()
    for (const id of ['gone', 'stays']) {
      finished(opened, id)
      opened.exchanges.put(id, 1, capture({}))
    }
    opened.archive.delete('gone')
    expect(() => opened.store.get('gone')).toThrow(expect.objectContaining({ code: 'run_not_found' }))
    for (const table of ['runs', 'events', 'captures']) {
      const rows = opened.database.prepare(`SELECT DISTINCT run_id FROM ${table}`).all()
      expect(rows).toEqual([{ run_id: 'stays' }])
    }
  })

  it('is refused while the run is going on, and for one that is not there', () => {
    const opened = openStore()
    opened.store.create(newRun('pending'))
    opened.store.create(newRun('running'))
    opened.store.start('running')
    for (const id of ['pending', 'running']) {
      expect(() => opened.archive.delete(id)).toThrow(expect.objectContaining({ code: 'run_going_on' }))
    }
    expect(() => opened.archive.delete('none')).toThrow(expect.objectContaining({ code: 'run_not_found' }))
    expect(idsOf(opened)).toEqual(['pending', 'running'])
  })

  it('leaves nothing behind for another run of the same id', async () => {
    const opened = openStore()
    finished(opened, 'r', 2)
    const follow = () => collect(opened.logs.follow('r', 0, new AbortController().signal))
    expect(await follow()).toEqual(['s1', 'run.complete'])
    const text = opened.archive.export('r', 'all').replaceAll('"s1"', '"other"')
    opened.archive.delete('r')
    opened.archive.import(text)
    expect(await follow()).toEqual(['other', 'run.complete'])
  })
})

describe('what is kept (B-29)', () => {
  it('is the last runs that ended, whatever is going on, at the start and after each end', () => {
    const opened = openStore(undefined, { max_runs: 2, max_age_days: null })
    opened.store.create(newRun('going-on', { created_at: 1 }))
    opened.logs.open('going-on').append(step('a'), { source: 'runner', causeSeq: [] })
    for (const id of ['a', 'b', 'c']) finished(opened, id)
    expect(idsOf(opened)).toEqual(['going-on', 'a', 'b', 'c'])
    opened.archive.retain()
    expect(idsOf(opened)).toEqual(['going-on', 'b', 'c'])
    finished(opened, 'd')
    expect(idsOf(opened)).toEqual(['going-on', 'c', 'd'])
  })

  it('is what ended lately, counted from its end and not from its beginning', () => {
    const opened = openStore(undefined, { max_runs: null, max_age_days: 30 })
    for (const id of ['old', 'new']) finished(opened, id)
    const monthAgo = Date.now() / 1000 - 31 * 86_400
    opened.database.prepare("UPDATE runs SET ended_at = ? WHERE run_id = 'old'").run(monthAgo)
    opened.archive.retain()
    expect(idsOf(opened)).toEqual(['new'])
  })

  it('is never silent: the log names each run that was deleted', () => {
    const opened = openStore()
    const lines: string[] = []
    const log = pino({ base: null }, { write: (line) => void lines.push(line) })
    for (const id of ['a', 'b', 'c']) finished(opened, id)
    createRunArchive({ ...opened, log }, { max_runs: 1, max_age_days: null }).retain()
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { run_ids: ['a', 'b'], retention: { max_runs: 1, max_age_days: null } },
    ])
  })

  it('is everything without limits', () => {
    const opened = openStore()
    finished(opened, 'a')
    opened.database.exec('UPDATE runs SET ended_at = 1')
    opened.archive.retain()
    expect(idsOf(opened)).toEqual(['a'])
  })

  it('is the last 1,000 unless the environment or settings.json say something else', () => {
    const folder = temporaryFolder()
    const settings = (value: unknown) => writeFileSync(join(folder, 'settings.json'), JSON.stringify(value))
    expect(readRetention(folder, {})).toEqual({ max_runs: 1_000, max_age_days: null })
    settings({ window: {}, retention: { max_age_days: 14 } })
    expect(readRetention(folder, {})).toEqual({ max_runs: 1_000, max_age_days: 14 })
    settings({ retention: { max_runs: null } })
    expect(readRetention(folder, {})).toEqual({ max_runs: null, max_age_days: null })
    expect(readRetention(folder, { RUN_HISTORY_MAX_RUNS: '5', RUN_HISTORY_MAX_AGE_DAYS: '0.5' })).toEqual({
      max_runs: 5,
      max_age_days: 0.5,
    })
    settings({ retention: { max_runs: 7, max_age_days: 7 } })
    const all = { RUN_HISTORY_MAX_RUNS: 'all', RUN_HISTORY_MAX_AGE_DAYS: 'all' }
    expect(readRetention(folder, all)).toEqual({ max_runs: null, max_age_days: null })
  })

  it('is never guessed', () => {
    const folder = temporaryFolder()
    const usage = expect.objectContaining({ code: 'usage' })
    for (const text of ['0', '-1', '1.5', 'many']) {
      expect(() => readRetention(folder, { RUN_HISTORY_MAX_RUNS: text })).toThrow(usage)
    }
    for (const broken of [
      '{"retention":{"max_run":2}}',
      '{"retention":{"max_runs":0}}',
      '{"retention":7}',
      '{',
    ]) {
      writeFileSync(join(folder, 'settings.json'), broken)
      expect(() => readRetention(folder, {})).toThrow(usage)
    }
  })
})

describe('a run as a file', () => {
  it('comes back as it was, as an imported one, and goes out as the same file', () => {
    const text = exported()
    const opened = openStore()
    expect(opened.archive.import(text)).toEqual({ runId: 'r', status: 'success', events: 3, captures: 2 })
    const [head = '', ...lines] = text.split('\n')
    const { run } = JSON.parse(head)
    expect(run.imported).toBe(false)
    const { events, ...record } = opened.store.get('r')
    expect(record).toEqual({ ...run, imported: true })
    expect(events.map((event) => ({ kind: 'event', event }))).toEqual(
      lines.slice(0, 3).map((line) => JSON.parse(line)),
    )
    expect(opened.archive.export('r', 'all').split('\n').slice(1)).toEqual(lines)
    expect(() => opened.archive.import(text)).toThrow(expect.objectContaining({ code: 'run_id_taken' }))
  })

  it('leaves captures out when they are not wanted', () => {
    const opened = openStore()
    finished(opened, 'r')
    opened.exchanges.put('r', 4, capture({}))
    const text = opened.archive.export('r', 'none')
    expect(text).not.toContain('"capture"')
    expect(openStore().archive.import(text)).toMatchObject({ events: 3, captures: 0 })
  })

  it('keeps what a later version added to an event', () => {
    const text = exported().replace('"notes":""', '"notes":"","added_later":{"x":1}')
    const opened = openStore()
    opened.archive.import(text)
    expect(opened.store.get('r').events[0]).toMatchObject({ added_later: { x: 1 } })
  })

  it('of a run that was going on becomes an interrupted one', () => {
    const from = openStore()
    from.store.create(newRun('r'))
    from.store.start('r')
    from.logs.open('r').append(step('a'), { source: 'runner', causeSeq: [] })
    const opened = openStore()
    opened.archive.import(from.archive.export('r', 'all'))
    expect(opened.store.get('r')).toMatchObject({ status: 'interrupted', imported: true })
    expect(opened.store.unfinished()).toEqual([])
    opened.archive.delete('r')
  })

  const changed = (line: number, from: string | RegExp, to: string) => (lines: string[]) =>
    lines.map((text, index) => (index === line - 1 ? text.replace(from, to) : text))

  it.each<[string, number, (lines: string[]) => string[]]>([
    ['is no JSON', 2, changed(2, '{', '')],
    ['has an unknown kind', 2, changed(2, '"kind":"event"', '"kind":"fact"')],
    ['is of another format', 1, changed(1, '"format":1', '"format":2')],
    ['has an id that is none', 1, changed(1, '"run_id":"r"', '"run_id":"../r"')],
    ['has no record first', 1, (lines) => lines.slice(1)],
    ['has a second record', 2, ([head = '', ...rest]) => [head, head, ...rest]],
    ['has an event of another run', 3, changed(3, '"run_id":"r"', '"run_id":"s"')],
    ['has an event of no known type', 3, changed(3, '"step.skipped"', '"step.dreamt"')],
    ['lacks an event', 2, (lines) => lines.toSpliced(1, 1)],
    ['has an event twice', 4, ([...lines]) => lines.toSpliced(2, 0, lines[2] ?? '')],
    ['has an event that a later one causes', 2, changed(2, '"cause_seq":[]', '"cause_seq":[2]')],
    ['has a capture twice', 6, ([...lines]) => lines.toSpliced(4, 0, lines[4] ?? '')],
    ['has a broken capture', 5, changed(5, '"side":"client"', '"side":"both"')],
    ['was begun at no time of a calendar', 1, changed(1, /"created_at":[\d.]+/, '"created_at":1e300')],
    [
      'is nested beyond measure',
      5,
      changed(5, '"error":null', `"error":${'['.repeat(30_000)}${']'.repeat(30_000)}`),
    ],
    ['is nothing but ends of lines', 1, () => Array<string>(1_000).fill('')],
    ['is cut off', 7, (lines) => lines.slice(0, -1)],
    ['is cut off within a line', 7, changed(7, '}', '')],
    ['is empty', 1, () => []],
    ['counts other events', 7, changed(7, '"events":3', '"events":4')],
    ['goes on after its end', 8, ([...lines]) => [...lines, lines[1] ?? '']],
  ])('that %s is refused with the line, and nothing of it is stored', (_, line, change) => {
    const opened = openStore()
    const lines = change(exported().trimEnd().split('\n'))
    expect(() => opened.archive.import(lines.map((text) => `${text}\n`).join(''))).toThrow(
      expect.objectContaining({ code: 'import_invalid', details: { line } }),
    )
    expect(idsOf(opened)).toEqual([])
  })

  it('is stored whole or not at all', () => {
    const opened = openStore()
    opened.database.exec(
      `CREATE TRIGGER full BEFORE INSERT ON captures BEGIN SELECT raise(ABORT, 'the disk is full'); END`,
    )
    expect(() => opened.archive.import(exported())).toThrow('the disk is full')
    expect(idsOf(opened)).toEqual([])
    expect(opened.store.events('r', 0, -1)).toEqual([])
  })
})
