import { describe, expect, it } from 'vitest'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { benchmarks } from '../../src/main/bench/benchmarks.ts'
import { compare, median } from '../../src/main/bench/compare.ts'
import { profile } from '../../src/main/bench/profile.ts'
import { runBenchmark } from '../../src/main/bench/run.ts'

describe('the benchmarks', () => {
  it('compare with exactly the signatures that the work has inside', () => {
    const signatures = benchmarks.map(({ name, prepare }) => [name, prepare(nodeEngine).signatures])
    expect(Object.fromEntries(signatures)).toMatchObject({ verify: 1 })
    for (const { prepare } of benchmarks) {
      const { ours, bare } = prepare(nodeEngine)
      expect(() => ours()).not.toThrow()
      expect(() => bare()).not.toThrow()
    }
  })

  it('say where the time goes when the ratio is not met, and only then', () => {
    const [verify] = benchmarks
    if (verify === undefined) throw new TypeError('there is a benchmark')
    const effort = { rounds: 1, sliceMs: 5, warmUpMs: 20 }
    const unreachable = runBenchmark({ ...verify, least: 100 }, nodeEngine, effort)
    expect(unreachable).toMatchObject({ name: 'verify', met: false })
    expect(unreachable.profile?.length).toBeGreaterThan(3)
    expect(runBenchmark({ ...verify, least: 0 }, nodeEngine, effort)).toMatchObject({
      met: true,
      profile: null,
    })
  })
})

it('a comparison is the median of rounds in turn', () => {
  const order: string[] = []
  const { ratio, rounds } = compare(
    { ours: () => void order.push('ours'), bare: () => void order.push('bare') },
    { rounds: 4, sliceMs: 1, warmUpMs: 5 },
  )
  expect(rounds).toBe(4)
  expect(ratio).toBeGreaterThan(0)
  expect([median([3, 1, 2]), median([1, 2, 3, 4])]).toEqual([2, 2.5])
})

it('a profile names the function that takes the time', () => {
  function burn() {
    let sum = 0
    for (let index = 0; index < 100_000; index++) sum += Math.sqrt(index)
    return sum
  }
  const [first] = profile(() => void burn(), 100)
  expect(first?.name).toContain('burn')
})
