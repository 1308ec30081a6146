import { expect, it } from 'vitest'
import { runEventsBench } from '../../src/main/bench/events/run.ts'
import { eventsBenchLines } from '../../src/main/cli/bench-lines.ts'

it('appends are measured beside bare inserts of the same rows, with every subscriber served', async () => {
  const result = await runEventsBench({ subscribers: 3, events: 40, batch: 7 }, 2)
  expect(result).toMatchObject({ name: 'events', subscribers: 3, events: 40, rounds: 2 })
  for (const measured of [result.oursPerSecond, result.barePerSecond, result.ratio, result.p99Ms]) {
    expect(measured).toBeGreaterThan(0)
  }
  expect(eventsBenchLines(result)[0]).toMatch(
    /^events: \d+ durable appends a second, each received by 3 subscribers$/,
  )
})
