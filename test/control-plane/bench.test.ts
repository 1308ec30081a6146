import { expect, test } from 'vitest'
import { runControlPlaneBench } from '../../src/main/bench/control-plane/run.ts'
import { controlPlaneBenchLines } from '../../src/main/cli/bench-lines.ts'

test('the Control Plane is measured beside bare inserts, and nothing is lost', async () => {
  const result = await runControlPlaneBench({ events: 110, batch: 20, queries: 3 })
  expect(result).toMatchObject({ events: 110, stored: 110, sessions: 5 })
  const { oursPerSecond, barePerSecond, p99Ms } = result
  for (const measured of [oursPerSecond, barePerSecond, ...Object.values(p99Ms)])
    expect(measured).toBeGreaterThan(0)
  expect(controlPlaneBenchLines(result)[1]).toBe('  of 110 events none lost; 5 sessions made of them')
})
