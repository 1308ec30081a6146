import { describe, expect, it } from 'vitest'
import { batches } from '../../src/main/control-plane/batches.ts'
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
