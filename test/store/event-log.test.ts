import { describe, expect, it } from 'vitest'
import { markInterrupted } from '../../src/main/runner/runner.ts'
import { openDatabase } from '../../src/main/store/database.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { newRun, openStore, step, success } from '../support/store.ts'

async function collect(events: AsyncIterable<RunEvent>): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of events) seqs.push(seq)
  return seqs
}

describe('the event log', () => {
  it('numbers events gapless from 1 and stores each before anyone is told (B-31)', () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    const log = logs.open('r')
    const appended = ['a', 'b', 'c'].map((id) => log.append(step(id), { source: 'runner', causeSeq: [] }))
    expect(appended.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(store.events('r', 0, 10)).toEqual(appended)
  })

  it('chains what an agent reports to the operation it names, and to nothing else', () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    const log = logs.open('r')
    const one = log.begin([])
    const other = log.begin([])
    one.append(step('begin-one'))
    other.append(step('begin-other'))
    const self = { type: 'capability.self_execute' as const, capability: 'x' }
    log.report(self, { agentId: 'a', ts: 1, operation: one.id })
    log.report(self, { agentId: 'a', ts: 1, operation: other.id })
    log.report(self, { agentId: 'a', ts: 1, operation: 'ffffffffffffffff' })
    log.report(self, { agentId: 'a', ts: 1, operation: one.id })
    expect(store.events('r', 0, 10).map(({ seq, cause_seq }) => [seq, cause_seq])).toEqual([
      [1, []],
      [2, []],
      [3, [1]],
      [4, [2]],
      [5, []],
      [6, [3]],
    ])
  })

  it('gives a reader the backlog, then what happens, and ends when the run has ended (B-33)', async () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    const log = logs.open('r')
    log.append(step('a'), { source: 'runner', causeSeq: [] })
    const reading = collect(logs.follow('r', 0, new AbortController().signal))
    log.append(step('b'), { source: 'runner', causeSeq: [] })
    await Promise.resolve()
    log.append(step('c'), { source: 'runner', causeSeq: [] })
    log.end({ type: 'run.complete' }, success, [3])
    expect(await reading).toEqual([1, 2, 3, 4])
  })

  it('lets each of many readers take its own time, with nothing lost or doubled', async () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    const log = logs.open('r')
    const readers = Array.from({ length: 20 }, (_, from) =>
      collect(logs.follow('r', from, new AbortController().signal)),
    )
    for (let n = 0; n < 1_200; n += 1) {
      log.append(step(String(n)), { source: 'runner', causeSeq: [] })
      if (n % 100 === 0) await Promise.resolve()
    }
    log.end({ type: 'run.complete' }, success, [])
    const read = await Promise.all(readers)
    for (const [from, seqs] of read.entries()) {
      expect(seqs).toEqual(Array.from({ length: 1_201 - from }, (_, index) => from + index + 1))
    }
  })

  it('lets a reader go when it wants to', async () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    const stop = new AbortController()
    const reading = collect(logs.follow('r', 0, stop.signal))
    await Promise.resolve()
    stop.abort()
    expect(await reading).toEqual([])
  })

  it('keeps the first end of a run and its status together (B-25)', () => {
    const { store, logs } = openStore()
    store.create(newRun('r'))
    store.start('r')
    const log = logs.open('r')
    expect(log.end({ type: 'run.cancelled' }, { ...success, status: 'cancelled' }, [])).toBe(true)
    expect(log.end({ type: 'run.complete' }, success, [])).toBe(false)
    const { status, events } = store.get('r')
    expect(status).toBe('cancelled')
    expect(events.map(({ type }) => type)).toEqual(['run.cancelled'])
  })

  it('marks what an earlier process left unfinished, with all it had acknowledged (B-30)', () => {
    const first = openStore()
    first.store.create(newRun('left'))
    first.store.create(newRun('done'))
    first.store.start('left')
    const log = first.logs.open('left')
    log.append(step('a'), { source: 'runner', causeSeq: [] })
    log.append(step('b'), { source: 'runner', causeSeq: [1] })
    first.logs.open('done').end({ type: 'run.complete' }, success, [])
    first.database.close()

    const second = openStore(first.file)
    expect(markInterrupted(second.store, second.logs)).toEqual(['left'])
    const { status, events } = second.store.get('left')
    expect(status).toBe('interrupted')
    expect(events.map(({ type, seq, cause_seq }) => [type, seq, cause_seq])).toEqual([
      ['step.skipped', 1, []],
      ['step.skipped', 2, [1]],
      ['run.interrupted', 3, [2]],
    ])
    expect(second.store.get('done').status).toBe('success')
    expect(markInterrupted(second.store, second.logs)).toEqual([])
  })

  it('refuses a run id that is stored, and a database of a newer version', () => {
    const { store, database, file } = openStore()
    store.create(newRun('r'))
    expect(() => store.create(newRun('r'))).toThrow(expect.objectContaining({ code: 'run_id_taken' }))
    expect(() => store.get('none')).toThrow(expect.objectContaining({ code: 'run_not_found' }))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'data_folder_in_use' }))
  })
})
