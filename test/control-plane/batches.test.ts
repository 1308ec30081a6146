import { describe, expect, it } from 'vitest'
import { batches, fitted } from '../../src/main/control-plane/batches.ts'
import type { RunEvent } from '../../src/shared/events.ts'

const events = (count: number, notes = '') =>
  Array.from(
    { length: count },
    (_, index): RunEvent => ({
      type: 'step.skipped',
      step_id: 's',
      notes,
      seq: index + 1,
      ts: 1,
      offset_ms: 1,
      run_id: 'r',
      source: 'runner',
      cause_seq: [],
    }),
  )

describe('batches', () => {
  it('keeps every event, in order, at most 500 in a request', () => {
    const all = events(1_001)
    expect(batches(all).map(({ length }) => length)).toEqual([500, 500, 1])
    expect(batches(all).flat()).toEqual(all)
    expect(batches([])).toEqual([])
  })

  it('stays below what a Control Plane reads of one request', () => {
    const all = events(20, 'x'.repeat(50_000))
    const sizes = batches(all).map((events) => JSON.stringify({ events }).length)
    expect(Math.max(...sizes)).toBeLessThan(262_144)
    expect(batches(all).flat()).toHaveLength(20)
  })
})

describe('fitted', () => {
  const [small] = events(1)
  const most = 65_536

  it('leaves alone what a Control Plane takes', () => {
    expect(fitted(small ?? {})).toBe(small)
  })

  it.each([
    ['one long text', { note: 'x'.repeat(most) }],
    ['many long texts', { notes: Array(100).fill('x'.repeat(3_000)) }],
    ['many short ones', { notes: Array(10_000).fill('x'.repeat(100)) }],
    ['escapes', { note: '\u0000'.repeat(most / 2) }],
  ])('cuts %s and says so, and keeps what the event is about', (_name, result) => {
    const cut = fitted({ ...small, peer_aid: 'aid:pubkey:peer', result })
    expect(JSON.stringify(cut).length).toBeLessThanOrEqual(most)
    expect(cut).toMatchObject({ ...small, peer_aid: 'aid:pubkey:peer', truncated: true })
  })
})
