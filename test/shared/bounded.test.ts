import { expect, it } from 'vitest'
import { z } from 'zod'
import { listOf, recordOf, UnixSeconds } from '../../src/shared/bounded.ts'
import { TelemetryBatch } from '../../src/shared/telemetry.ts'

it('a list that is too long is refused as such, and none of its members is looked at', () => {
  let looked = 0
  const item = z.custom(() => {
    looked += 1
    return true
  })
  expect(listOf(item, 3).parse([1, 2, 3])).toEqual([1, 2, 3])
  expect(looked).toBe(3)
  const { error } = listOf(item, 3).safeParse(Array(1_000).fill(0))
  expect(error?.issues).toHaveLength(1)
  expect(looked).toBe(3)
  expect(listOf(z.string(), 3).safeParse({}).success).toBe(false)
})

it('a record with too many members is refused as such, and none of them is looked at', () => {
  const ids = recordOf(z.string(), 2)
  expect(ids.parse({ a: 'x', b: 'y' })).toEqual({ a: 'x', b: 'y' })
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 0]))
  expect(ids.safeParse(many).error?.issues).toHaveLength(1)
  for (const other of [null, 'x', { a: 1 }]) expect(ids.safeParse(other).success).toBe(false)
})

it('a time is one that a calendar can show', () => {
  expect(UnixSeconds.safeParse(1_795_224_339.25).success).toBe(true)
  for (const time of [-1, 1e300, Number.NaN, Number.POSITIVE_INFINITY])
    expect(UnixSeconds.safeParse(time).success).toBe(false)
  expect(new Date(8.64e12 * 1_000).getTime()).not.toBeNaN()
})

it('what a worker sends costs no more than its bytes', () => {
  const stages = Array(200_000).fill(0)
  const event = { type: 'capability.invoked', capability: 'x', caller_aid: 'x', status: 200, stages }
  const item = { item: 'event', agent_seq: 1, ts: 1, operation: null, event }
  expect(TelemetryBatch.safeParse({ items: [item] }).error?.issues.length).toBeLessThan(10)
})
