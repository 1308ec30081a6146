import { describe, expect, it } from 'vitest'
import { FaultResult } from '../../src/shared/events.ts'
import type { Fault } from '../../src/shared/faults.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { runScenario } from '../support/run-scenario.ts'
import { callerAndWriter, type WrittenStep } from '../support/scenario-tree.ts'
import { type OtherFault, otherFaults } from './fault-tables.ts'

const agents = [
  ...callerAndWriter,
  { id: 'helper', ref: '_shared/agents/researcher' },
  { id: 'clerk', ref: '_shared/agents/writer' },
  { id: 'brief', ref: '_shared/agents/writer-brief' },
]

const before: WrittenStep[] = [
  { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' },
  { id: 'trust_helper', type: 'handshake', initiator: 'helper', responder: 'writer' },
  { id: 'trust_clerk', type: 'handshake', initiator: 'caller', responder: 'clerk' },
  {
    id: 'passed_on',
    type: 'delegate',
    delegator: 'caller',
    delegatee: 'helper',
    via_peer: 'writer',
    scope: ['write.content'],
  },
]

const trustBrief: WrittenStep = {
  id: 'trust_brief',
  type: 'handshake',
  initiator: 'caller',
  responder: 'brief',
}

const details: Partial<Record<Fault['kind'], object>> = {
  delay: { ms: 100 },
  drop: { ms: 300 },
  clock_skew: { secs: -900 },
  wrong_audience: { of: 'clerk' },
  stolen_token: { victim: 'helper' },
}

/** The step of each type that carries the fault, aimed at the writer where it is aimed at anybody. */
const steps: Readonly<Record<string, (fault: OtherFault['fault']) => object>> = {
  workflow: (fault) => ({
    agent: 'caller',
    target_agent: fault === 'expired_token' ? 'brief' : 'writer',
    capability: 'write.content',
    input_template: 'On tides.',
  }),
  capability_probe: () => ({
    agent: 'caller',
    target_agent: 'writer',
    capability: 'write.content',
    input_template: 'On tides.',
  }),
  capability_call_no_trust: () => ({ agent: 'caller', target_agent: 'writer', capability: 'write.content' }),
  handshake: () => ({ initiator: 'caller', responder: 'writer' }),
  delegate: () => ({
    delegator: 'caller',
    delegatee: 'helper',
    via_peer: 'writer',
    scope: ['write.content'],
  }),
  redeem_delegation: () => ({ delegatee: 'helper', target: 'writer', via_delegation: 'passed_on' }),
  renew_tct: () => ({ agent: 'caller', via_peer: 'writer' }),
  refresh_revocations: () => ({ agent: 'writer' }),
}

/** What spoils the scene for others comes last. */
const lasting: readonly OtherFault['fault'][] = ['revoked_token', 'crash']

function stepsFor(type: string, rows: readonly OtherFault[]): WrittenStep[] {
  const ordered = rows.toSorted((one, other) => lasting.indexOf(one.fault) - lasting.indexOf(other.fault))
  const faulty = ordered.flatMap(({ fault }): unknown[] => [
    ...(fault === 'expired_token' ? [trustBrief] : []),
    { id: fault, type, ...steps[type]?.(fault), fault: { kind: fault, ...details[fault] } },
  ])
  return [...before, ...(faulty as WrittenStep[])]
}

describe('a fault that no shipped scenario shows comes to what docs/faults.md says', () => {
  it.each([...Map.groupBy(otherFaults, (row) => row.in)])('%s', async (type, rows) => {
    const controlPlane = await startControlPlane()
    const record = await runScenario(
      { agents, trust: { pop: 'required' }, steps: stepsFor(type, rows) },
      {},
      configured(controlPlane),
    )
    expect(record.error).toBeNull()
    const found = rows.map((row) => {
      const { code, stage } = FaultResult.parse(record.outputs[row.fault])
      const from = record.events.findIndex(
        (event) => event.type === 'step.fault_injected' && event.step_id === row.fault,
      )
      const led = record.events.slice(from).some((event) => event.type === row.endsWith)
      return { ...row, endsWith: code ?? (led ? row.endsWith : null), stage }
    })
    expect(found).toEqual(rows)
  })
})
