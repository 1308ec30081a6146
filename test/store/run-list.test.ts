import { describe, expect, it } from 'vitest'
import { RunFilter } from '../../src/shared/contract.ts'
import type { RunAgent } from '../../src/shared/run.ts'
import { newRun, openStore, step, success } from '../support/store.ts'

const agent = (agent_id: string, aid: string | null): RunAgent => ({
  agent_id,
  aid,
  pid: null,
  port: null,
  display_name: agent_id,
  org: 'internal',
  signing_suite: 'ed25519',
  offered_caps: [],
  remote: false,
})

/** Four runs, a day apart, the second of them ended. */
function someRuns() {
  const { store, logs } = openStore()
  const noon = Date.parse('2026-03-01T12:00:00Z') / 1000
  const day = 86_400
  store.create(newRun('aa-1', { created_at: noon, scenario_ref: 'intra/one@1.0.0', run_label: 'First Try' }))
  store.create(newRun('aa-2', { created_at: noon + day, scenario_ref: 'intra/two@1.0.0' }))
  store.create(newRun('bb_1', { created_at: noon + 2 * day, scenario_ref: 'intra_x/one@1.0.0' }))
  store.create(newRun('bb-1', { created_at: noon + 3 * day, run_label: '100 %' }))
  store.setAgents('aa-1', [agent('writer', 'aid:pubkey:w'), agent('reader', null)])
  store.setAgents('bb-1', [agent('reader', 'aid:pubkey:r')])
  const log = logs.open('aa-2')
  for (const id of ['a', 'b']) log.append(step(id), { source: 'runner', causeSeq: [] })
  log.end({ type: 'run.complete' }, success, [])
  const find = (given: unknown) => {
    const { runs, total } = store.list(RunFilter.parse(given))
    return { ids: runs.map(({ run_id }) => run_id), total }
  }
  return { store, find }
}

describe('the list of runs', () => {
  it('is all of them in the order of their creation, with how many events each has', () => {
    const { store, find } = someRuns()
    expect(find({})).toEqual({ ids: ['aa-1', 'aa-2', 'bb_1', 'bb-1'], total: 4 })
    expect(store.list(RunFilter.parse({})).runs.map(({ event_count }) => event_count)).toEqual([0, 3, 0, 0])
  })

  it.each([
    [{ status: 'success' }, ['aa-2']],
    [{ scenario: 'intra/' }, ['aa-1', 'aa-2']],
    [{ scenario: 'intra/one@1.0.0' }, ['aa-1']],
    [{ scenario: '%' }, []],
    [{ agent: 'reader' }, ['aa-1', 'bb-1']],
    [{ agent: 'aid:pubkey:w' }, ['aa-1']],
    [{ label: 'first' }, ['aa-1']],
    [{ label: '%' }, ['bb-1']],
    [{ run_id: 'aa-' }, ['aa-1', 'aa-2']],
    [{ run_id: 'bb_' }, ['bb_1']],
    [{ since: '2026-03-02' }, ['aa-2', 'bb_1', 'bb-1']],
    [{ since: '2026-03-02T12:00:00Z', until: '2026-03-03T14:00:00+02:00' }, ['aa-2']],
    [{ until: String(Date.parse('2026-03-02T12:00:00Z') / 1000) }, ['aa-1']],
    [{ until: Date.parse('2026-03-02T12:00:00Z') / 1000 }, ['aa-1']],
    [{ agent: 'reader', status: 'pending', label: '100' }, ['bb-1']],
  ])('finds by %j', (filter, ids) => {
    expect(someRuns().find(filter)).toEqual({ ids, total: ids.length })
  })

  it('gives pages, the newest first, and says how many there are in all', () => {
    const { find } = someRuns()
    expect(find({ order: 'newest', limit: '3' })).toEqual({ ids: ['bb-1', 'bb_1', 'aa-2'], total: 4 })
    expect(find({ order: 'newest', limit: 3, offset: '3' })).toEqual({ ids: ['aa-1'], total: 4 })
  })

  it.each([
    { status: 'done' },
    { since: 'yesterday' },
    { since: '' },
    { limit: 0 },
    { offset: -1 },
    { q: 'x' },
  ])('refuses %j', (filter) => {
    expect(RunFilter.safeParse(filter).success).toBe(false)
  })
})
