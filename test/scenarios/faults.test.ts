import { describe, expect, it } from 'vitest'
import type { FaultResult } from '../../src/shared/events.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { eventsOf, hostWith, runScenario, runToEnd, storyOf } from '../support/run-scenario.ts'
import { callerAndWriter, ofTheTest, type WrittenStep } from '../support/scenario-tree.ts'

const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const call = {
  id: 'call',
  type: 'workflow',
  agent: 'caller',
  capability: 'write.content',
  input_template: 'On {{ inputs.topic }}.',
} as const
const probe = { ...call, id: 'probe', type: 'capability_probe', target_agent: 'writer' } as const

const threeAgents = [...callerAndWriter, { id: 'helper', ref: '_shared/agents/researcher' }]

const inputs = {
  schema: { type: 'object', properties: { topic: { type: 'string', default: 'salt marshes' } } },
}

function resultOf(record: RunRecord, stepId: string): FaultResult | undefined {
  return eventsOf(record, 'step.fault_complete').find(({ step_id }) => step_id === stepId)?.result
}

describe('a fault in a step', () => {
  it('is told, tried, and told again with what came of it; the run goes on', async () => {
    const record = await runScenario({
      steps: [
        { ...handshake, id: 'missing', fault: { kind: 'manifest_404', note: 'a slip' } },
        handshake,
        { ...probe, id: 'good', expect_status: 200 },
      ],
    })
    expect(record).toMatchObject({ status: 'success', outputs: { good: { status_code: 200 } } })
    expect(storyOf(record, 'missing')).toEqual([
      'step.fault_injected',
      'trust.establishing',
      'trust.failed',
      'step.fault_complete',
    ])
    expect(eventsOf(record, 'step.fault_injected')).toMatchObject([
      { kind: 'manifest_404', target: 'writer', notes: 'kind=manifest_404 note=a slip' },
    ])
    const result = resultOf(record, 'missing')
    expect(result).toMatchObject({
      fault_injected: true,
      kind: 'manifest_404',
      target: 'writer',
      code: 'MANIFEST_NOT_FOUND',
      status_code: 502,
      mutated_url: expect.stringContaining('aitp-manifest-missing'),
    })
    expect(record.outputs['missing']).toEqual(result)
  })

  it('peer_offline meets a refused connection with the token held all the same (B-20)', async () => {
    const record = await runScenario({
      steps: [handshake, { ...probe, fault: { kind: 'peer_offline' } }],
    })
    expect(resultOf(record, 'probe')).toMatchObject({ code: 'no_answer', mutated_url: 'http://127.0.0.1:1' })
    expect(resultOf(record, 'probe')?.error).not.toContain('no_held_tct')
  })

  it('takes the texts of a step as they are without it, and needs no target_agent (B-21, B-22)', async () => {
    const record = await runScenario({
      inputs,
      steps: [handshake, { ...call, fault: { kind: 'delay', ms: 10 } }],
    })
    expect(resultOf(record, 'call')).toMatchObject({ target: 'writer', error: null, code: null })
    expect(JSON.stringify(resultOf(record, 'call')?.output)).toContain('On salt marshes.')
  })

  it('revoked_token: the issuer revokes first, and refuses what it is shown', async () => {
    const record = await runScenario({
      steps: [handshake, { ...probe, fault: { kind: 'revoked_token' } }],
    })
    expect(eventsOf(record, 'tct.revoked')).toMatchObject([
      { jti: (record.outputs['trust'] as { jti: string }).jti },
    ])
    expect(resultOf(record, 'probe')).toMatchObject({ code: 'TCT_REVOKED', status_code: 403 })
  })

  it('stolen_token: what was given to another does not help a caller with another key', async () => {
    const record = await runScenario({
      agents: threeAgents,
      trust: { pop: 'required' },
      steps: [
        handshake,
        { ...handshake, id: 'thief_trust', initiator: 'helper' },
        { ...probe, id: 'theft', agent: 'helper', fault: { kind: 'stolen_token', victim: 'caller' } },
      ],
    })
    expect(resultOf(record, 'theft')?.error).not.toBeNull()
    expect(resultOf(record, 'theft')?.status_code).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(record)).not.toMatch(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\./)
  })

  it('stolen_token and wrong_audience: a delegation serves only whom it was made for', async () => {
    const steps: WrittenStep[] = [
      handshake,
      { id: 'helper_trust', type: 'handshake', initiator: 'helper', responder: 'writer' },
      {
        id: 'delegate',
        type: 'delegate',
        delegator: 'caller',
        delegatee: 'helper',
        via_peer: 'writer',
        scope: ['write.content'],
      },
      {
        id: 'back',
        type: 'delegate',
        delegator: 'helper',
        delegatee: 'caller',
        via_peer: 'writer',
        scope: ['write.content'],
      },
      {
        id: 'theft',
        type: 'redeem_delegation',
        delegatee: 'caller',
        target: 'writer',
        via_delegation: 'back',
        fault: { kind: 'stolen_token', victim: 'helper' },
      },
      {
        id: 'mistake',
        type: 'redeem_delegation',
        delegatee: 'helper',
        target: 'writer',
        via_delegation: 'delegate',
        fault: { kind: 'wrong_audience', of: 'caller' },
      },
      {
        id: 'right',
        type: 'redeem_delegation',
        delegatee: 'caller',
        target: 'writer',
        via_delegation: 'back',
      },
    ]
    const record = await runScenario({ agents: threeAgents, steps })
    expect(record.error).toBeNull()
    expect(resultOf(record, 'theft')?.code).toMatch(/^DELEGATION_/)
    expect(resultOf(record, 'mistake')?.code).toMatch(/^DELEGATION_/)
  })

  it('crash: the target is really killed, said to be, and the run goes on without it', async () => {
    const record = await runScenario({
      agents: threeAgents,
      steps: [
        handshake,
        { ...handshake, id: 'helper_trust', initiator: 'caller', responder: 'helper' },
        { ...probe, fault: { kind: 'crash' } },
        { ...probe, id: 'again', fault: { kind: 'crash' } },
        { id: 'rotate', type: 'rotate_keys', agent: 'helper' },
      ],
    })
    expect(record).toMatchObject({ status: 'success', error: null })
    expect(resultOf(record, 'probe')).toMatchObject({ code: 'no_answer', target: 'writer' })
    expect(resultOf(record, 'again')).toMatchObject({ code: 'no_answer' })
    expect(eventsOf(record, 'agent.exited').map(({ agent_id, cause }) => [agent_id, cause])).toEqual([
      ['writer', 'fault'],
      ['caller', 'stopped'],
      ['helper', 'stopped'],
    ])
    expect(eventsOf(record, 'agent.exited')[0]?.signal).toBe('SIGKILL')
  })

  it('that cannot be brought about says so, and what it has on a result can be asserted', async () => {
    const record = await runScenario({
      strict: true,
      agents: threeAgents,
      steps: [
        handshake,
        {
          ...probe,
          fault: { kind: 'stolen_token', victim: 'helper' },
          assert: [{ path: 'code', equals: 'fault_not_possible' }],
        },
        { ...probe, id: 'wrong', fault: { kind: 'peer_offline' }, assert: [{ path: 'error', equals: null }] },
      ],
    })
    expect(resultOf(record, 'probe')).toMatchObject({ code: 'fault_not_possible' })
    expect(record).toMatchObject({ status: 'failed', error_code: 'assertion_failed' })
    expect(storyOf(record, 'wrong').slice(-3)).toEqual([
      'step.fault_complete',
      'step.assertion_failed',
      'step.failed',
    ])
  })
})

describe('fault_injection of a run', () => {
  it('applies to every exchange that is aimed at the agent, the first handshakes included', async () => {
    const { client } = await hostWith({ trust: { eager: true }, steps: [{ ...probe, id: 'probe' }] })
    const record = await runToEnd(client, { fault_injection: { peer_offline: ['writer'] } })
    expect(record.status).toBe('success')
    expect(
      eventsOf(record, 'step.fault_complete').map(({ step_id, result }) => [step_id, result.code]),
    ).toEqual([
      ['caller->writer', 'no_answer'],
      ['probe', 'no_held_tct'],
    ])
    expect(eventsOf(record, 'trust.established').map(({ target }) => target)).toEqual(['caller'])
  })

  it('refuses what it does not know before anything starts', async () => {
    const { client } = await hostWith({})
    for (const fault_injection of [
      { earthquake: ['writer'] },
      { peer_offline: ['nobody'] },
      { stolen_token: ['writer'] },
    ]) {
      await expect(
        client.call('startRun', { scenario_ref: ofTheTest, fault_injection }),
      ).rejects.toMatchObject({ code: 'invalid_body' })
    }
    expect((await client.call('listRuns', {})).runs).toEqual([])
  })
})
