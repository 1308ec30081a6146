import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FaultResult } from '../../src/shared/events.ts'
import { shownFaults } from '../scenarios/fault-tables.ts'
import { temporaryFolder } from '../support/folders.ts'
import { sharedHost } from '../support/host.ts'
import { builtAgents } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'
import { alter, copyShipped, fileOf, type WrittenSpec } from '../support/shipped-scenarios.ts'
import { buildWeakened } from './build.ts'
import { type Weakness, weaknesses } from './weaknesses.ts'

const shared = sharedHost((folder) => ({
  scenariosDir: copyShipped(folder),
  agentsDir: join(folder, 'agents'),
}))

/** The scenario up to one attack, without the others, and with nothing asserted. */
function onlyAttack(id: string): (spec: WrittenSpec) => void {
  return (spec) => {
    const steps = spec.workflow?.steps ?? []
    const at = steps.findIndex((step) => step.id === id)
    const kept = steps.filter((step, index) => index === at || (index < at && step['fault'] === undefined))
    spec.workflow = { steps: kept.map(({ assert: _, expect_status: __, ...step }) => step) }
  }
}

async function attack({ attack: named, cuts, workers = ['writer'] }: Weakness) {
  const { client, folder } = shared()
  const agentsDir = join(folder, 'agents')
  cpSync(builtAgents, agentsDir, { recursive: true })
  for (const worker of workers) await buildWeakened(worker, cuts, agentsDir)
  const [version = '', step = ''] = named.split(' ')
  const ref = `attacks/${version}`
  alter(join(folder, 'scenarios'), fileOf(ref), onlyAttack(step))
  const record = await runToEnd(client, { scenario_ref: ref })
  expect(record).toMatchObject({ status: 'success', error: null })
  const from = record.events.findIndex(
    (event) => event.type === 'step.fault_injected' && event.step_id === step,
  )
  const told = record.events.slice(from).filter((event) => event.source === 'agent')
  return { result: FaultResult.parse(record.outputs[step]), told }
}

/** The check that stops an attack as a rule. */
function checkOf(attack: string): string | null | undefined {
  return shownFaults.find(({ ref, step }) => `${ref} ${step}` === `attacks/${attack}`)?.check
}

const named = (row: Weakness) => `${row.attack}, without ${row.cuts.map(({ what }) => what).join(' and ')}`

describe('the same attack, against an agent without the check that stops it', () => {
  it.each(weaknesses.map((row) => [named(row), row] as const))('%s', async (_name, row) => {
    const { result, told } = await attack(row)
    const { outcome } = row
    switch (outcome.is) {
      case 'done':
        expect(result).toMatchObject({ error: null, code: null, refused_by: null })
        expect(result.output).toBeDefined()
        return
      case 'taken in':
        expect(told).toContainEqual(expect.objectContaining({ type: outcome.event, agent_id: result.target }))
        if (outcome.code !== undefined) expect(result.code).toBe(outcome.code)
        expect(result.refused_by).not.toBe(result.target)
        return
      case 'refused later':
        expect(outcome.check).not.toBe(checkOf(row.attack))
        expect(result.check).toBe(outcome.check)
    }
  })

  it('is made for every row of the kind security', () => {
    const rows = shownFaults.filter(({ kind }) => kind === 'security')
    const wanted = rows.map(({ ref, step }) => `${ref.replace('attacks/', '')} ${step}`)
    expect(new Set(weaknesses.map(({ attack }) => attack))).toEqual(new Set(wanted))
  })
})

describe('taking something out of a worker', () => {
  it('fails when it is not there exactly once', async () => {
    const module = 'agents/base/clock.ts'
    for (const find of ['not in this file', 'e'])
      await expect(
        buildWeakened('writer', [{ what: find, module, find, replace: '' }], temporaryFolder()),
      ).rejects.toThrow(/clock\.ts has \d+ times/)
  })

  it('fails when the worker has no such module', async () => {
    const cut = { what: 'nothing', module: 'src/main/host.ts', find: 'x', replace: '' }
    await expect(buildWeakened('writer', [cut], temporaryFolder())).rejects.toThrow('no part of the worker')
  })
})
