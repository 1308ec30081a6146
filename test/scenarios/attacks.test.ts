import { afterAll, describe, expect, it } from 'vitest'
import { loadRegistry } from '../../src/main/registry/index.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { FaultResult } from '../../src/shared/events.ts'
import { faultKinds, faultsOf } from '../../src/shared/faults.ts'
import { inTerms } from '../../src/shared/narration/terms.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { type ControlPlaneStandIn, configured, openControlPlane } from '../support/control-plane.ts'
import { sharedHost } from '../support/host.ts'
import { shippedScenarios } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'
import { otherFaults, type ShownFault, shownFaults } from './fault-tables.ts'

const keyOf = ({ ref, template }: Pick<ShownFault, 'ref' | 'template'>) =>
  template === null ? ref : `${ref} (${template})`

const byRun = (kinds: readonly ShownFault['kind'][]) =>
  Map.groupBy(
    shownFaults.filter(({ kind }) => kinds.includes(kind)),
    keyOf,
  )

async function run(client: ConsoleClient, rows: readonly ShownFault[]): Promise<RunRecord> {
  const [{ ref, template } = { ref: '', template: null }] = rows
  const record = await runToEnd(client, { scenario_ref: ref, template })
  expect(record).toMatchObject({ status: 'success', error: null, as_expected: true })
  return record
}

/** The events of a step with a fault in it, from the first to the last. */
function chapterOf({ events }: RunRecord, step: string): RunRecord['events'] {
  const named = (type: string) =>
    events.findIndex((event) => event.type === type && 'step_id' in event && event.step_id === step)
  return events.slice(named('step.fault_injected'), named('step.fault_complete') + 1)
}

function hold(record: RunRecord, row: ShownFault): void {
  const result = FaultResult.parse(record.outputs[row.step])
  const chapter = chapterOf(record, row.step)
  expect(chapter.at(-1)).toMatchObject({ type: 'step.fault_complete', kind: row.fault, result })
  expect({ row: row.step, stage: result.stage, check: result.check }).toEqual({
    row: row.step,
    stage: row.stage,
    check: row.check,
  })
  if (row.endsWith.includes('.')) {
    expect(result).toMatchObject({ error: null, code: null, refused_by: null })
    expect(chapter.map(({ type }) => type)).toContain(row.endsWith)
  } else {
    expect(result).toMatchObject({ error: expect.any(String), code: row.endsWith })
  }
  // An outage is never told as a refusal, and a refusal always says whose it is.
  if (row.stage === 'transport') expect(result.refused_by).toBeNull()
  if (row.check !== null) expect(result.refused_by).not.toBeNull()
  if (row.within !== null) expect(result.ms).toBeLessThan(row.within)
  if (row.fault === 'crash')
    expect(chapter).toContainEqual(
      expect.objectContaining({
        type: 'agent.exited',
        cause: 'fault',
        signal: 'SIGKILL',
        agent_id: result.target,
      }),
    )
}

describe('docs/faults.md, against real runs', () => {
  const shared = sharedHost()

  it.each([...byRun(['security', 'availability'])])('%s', async (_key, rows) => {
    const record = await run(shared().client, rows)
    for (const row of rows) hold(record, row)
    // Whatever was refused, the answer to it was not what had been asked for.
    for (const { step } of rows.filter(({ kind }) => kind === 'security'))
      expect(JSON.stringify(record.outputs[step])).not.toContain('"article"')
  })

  it('attacks/control-plane@1.0.0 succeeds without a Control Plane too, with nothing to fetch', async () => {
    const rows = shownFaults.filter(({ ref }) => ref === 'attacks/control-plane@1.0.0')
    for (const [, each] of Map.groupBy(rows, keyOf)) await run(shared().client, each)
  })
})

describe('docs/faults.md, with a Control Plane', () => {
  let controlPlane: ControlPlaneStandIn | undefined
  const shared = sharedHost(async () => {
    controlPlane = await openControlPlane()
    return configured(controlPlane)
  })
  afterAll(() => controlPlane?.stop())

  it.each([...byRun(['control plane'])])('%s', async (_key, rows) => {
    const record = await run(shared().client, rows)
    for (const row of rows) hold(record, row)
  })

  it('a stale list stops a redemption, and never what an agent does with its own tokens', async () => {
    const record = await runToEnd(shared().client, {
      scenario_ref: 'attacks/control-plane@1.0.0',
      template: 'stale-list',
    })
    expect(record.outputs).toMatchObject({
      too_late: { error: expect.stringContaining('DELEGATION_SOURCE_TCT_REVOKED') },
      own_token: { article: expect.any(String) },
    })
  })
})

describe('the narration of a fault', () => {
  const shared = sharedHost()

  it('says what was done to whom, and which check of which agent it met', async () => {
    const record = await runToEnd(shared().client, { scenario_ref: 'attacks/messages@1.0.0' })
    const lines = record.events.map(inTerms).join('\n')
    for (const line of [
      /^\[fault\] replayed replayed_message against writer kind=replayed_message note=a hello recorded earlier$/m,
      /^\[fault\] tampered tamper ended with INVALID_SIGNATURE at check hello\.envelope_signature by writer \(handshake\) after \d+ ms: .+/m,
      /^\[fault\] duplicated duplicate ended with REPLAY_DETECTED at check hello\.replay by writer \(handshake\)/m,
      /^\[fault\] from_the_past clock_skew ended with MANIFEST_INVALID at check manifest\.published_at by mallory \(manifest\)/m,
    ])
      expect(lines).toMatch(line)
  })

  it('tells an outage from a refusal', async () => {
    const record = await runToEnd(shared().client, { scenario_ref: 'attacks/availability@1.0.0' })
    const lines = record.events.map(inTerms).join('\n')
    expect(lines).toMatch(/^\[fault\] late delay changed nothing, after \d+ ms$/m)
    expect(lines).toMatch(/^\[fault\] dead crash ended with no_answer after \d+ ms: .+/m)
    expect(lines).toMatch(/^\[agent\] writer KILLED by a fault/m)
  })
})

describe('the tables of docs/faults.md', () => {
  const { scenarios } = loadRegistry(shippedScenarios)
  const shipped = scenarios.flatMap(({ ref, scenario, templates }) => [
    ...scenario.spec.workflow.steps.map((step) => ({ key: ref, step })),
    ...templates.flatMap(({ metadata, spec }) =>
      (spec.workflow?.steps ?? []).map((step) => ({ key: `${ref} (${metadata.name})`, step })),
    ),
  ])
  const faulty = shipped.flatMap(({ key, step }) =>
    'fault' in step && step.fault ? [`${key} ${step.id}: ${step.fault.kind} in ${step.type}`] : [],
  )

  it('have one row for each step that carries a fault, and no other', () => {
    const rows = shownFaults.map((row) => `${keyOf(row)} ${row.step}: ${row.fault} in ${row.in}`)
    expect(rows.toSorted()).toEqual(faulty.toSorted())
    expect(rows.length).toBeGreaterThan(40)
  })

  it('show every kind of fault, and name every pair of fault and step type once', () => {
    expect(new Set(shownFaults.map(({ fault }) => fault))).toEqual(new Set(faultKinds))
    const possible = Object.entries(faultsOf).flatMap(([type, kinds]) =>
      kinds.map((kind) => `${kind} in ${type}`),
    )
    const shown = new Set(shownFaults.map((row) => `${row.fault} in ${row.in}`))
    const others = otherFaults.map((row) => `${row.fault} in ${row.in}`)
    expect([...shown, ...others].toSorted()).toEqual(possible.toSorted())
  })
})
