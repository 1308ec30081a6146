import { describe, expect, it } from 'vitest'
import { loadRegistry } from '../../src/main/registry/index.ts'
import { temporaryFolder } from '../support/folders.ts'
import { sharedHost } from '../support/host.ts'
import { researchAndWrite, shippedScenarios } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'
import { leftoversOf, openDescriptors } from './leftovers.ts'
import { planRun } from './plan.ts'
import { campaignOfRuns } from './runs.ts'

const seed = 20260801

// What a process has open is read from /proc.
const onLinux = describe.skipIf(process.platform !== 'linux')

onLinux('a sample of the campaign of runs', () => {
  it('leaves no process, port, descriptor or file of any run behind', async () => {
    const told: string[] = []
    const { ended, findings } = await campaignOfRuns({
      seed,
      count: 8,
      folder: temporaryFolder(),
      tell: (line) => told.push(line),
    })
    expect(findings).toEqual([])
    expect(Object.values(ended).reduce((sum, times) => sum + times, 0)).toBe(8)
    expect(told).toHaveLength(8)
  })

  it('plans the same from the same seed, cancels every fifth run, and goes through most scenarios', () => {
    const registry = loadRegistry(shippedScenarios)
    const plan = (of: number) => Array.from({ length: 200 }, (_, index) => planRun(of, index, registry))
    expect(plan(seed)).toEqual(plan(seed))
    expect(plan(seed)).not.toEqual(plan(seed + 1))
    const cancelled = plan(seed).filter(({ interruption }) => interruption?.how === 'cancel')
    expect(cancelled).toHaveLength(40)
    const refs = new Set(plan(seed).map(({ ref }) => ref))
    expect(refs).toContain('attacks/availability@1.0.0')
    expect(refs.size).toBeGreaterThan(registry.scenarios.length - 3)
  })
})

onLinux('what is left of a run', () => {
  const shared = sharedHost()

  it('would be found', async () => {
    const record = await runToEnd(shared().client, { scenario_ref: researchAndWrite })
    const nothing = { folders: [], basePort: 0, descriptors: openDescriptors() }
    // Ports are any here, so none is the first.
    const none = { ...record, events: record.events.filter(({ type }) => type !== 'agent.spawning') }
    expect(await leftoversOf(none, nothing)).toEqual([])
    const { port } = shared().host
    const alive = none.events.map((event) =>
      event.type === 'agent.ready' ? { ...event, pid: process.pid, port } : event,
    )
    const found = await leftoversOf(
      { ...record, events: alive },
      { folders: [shippedScenarios], basePort: 0, descriptors: [] },
    )
    for (const what of [`process ${process.pid}`, `port ${port}`, 'file _shared', ' descriptors: ']) {
      expect(found.join('\n')).toContain(what)
    }
  })
})
