import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/main/observability/metrics/metrics.ts'
import type { EventBody, RunEvent } from '../../src/shared/events.ts'
import type { StageFact } from '../../src/shared/gate.ts'
import { type Family, parseExposition, readAsOldConsole } from '../support/exposition.ts'

const started: EventBody = { type: 'run.started', scenario_ref: 'p/s@1.0.0', template: null }
const agent = { source: 'agent', agent_id: 'writer' } as const
const outside = { ...agent, cause_seq: [] }
const refusal = { error: 'no', code: 'IDENTITY_FAILED', check: null }
const facts = { claims: {}, fingerprint: 'f' }
const pair = { initiator: 'a', target: 'writer' }
const established: EventBody = {
  type: 'trust.established',
  ...pair,
  grants: [],
  jti: 'j',
  expires_at: 1,
  session_id: 's',
}
const responderDone: EventBody = {
  type: 'handshake.complete',
  session_id: 's',
  role: 'responder',
  peer_aid: 'aid:pubkey:a',
  grants: [],
  tct: facts,
  issued_jti: 'j',
}
const responderFailed: EventBody = { type: 'handshake.failed', role: 'responder', ...refusal }
const probe = { step_id: 'p', initiator: 'a', target: 'b', capability: 'c' }
const denied: EventBody = { type: 'step.access_denied', ...probe, result: { status_code: 403 } }
const probeDone: EventBody = {
  type: 'step.complete',
  step_id: 'p',
  result: null,
  agent: 'a',
  capability: 'c',
}
const executed = (ms: number): StageFact => ({
  stage: 'execute',
  decision: 'passed',
  reason: '',
  ms,
  ids: {},
})

/** The metrics after a run in which these events were told. */
function figures() {
  const metrics = createMetrics()
  let seq = 0
  const tell = (body: EventBody, stamp: Partial<RunEvent> = {}) => {
    seq += 1
    const base = { seq, ts: 0, offset_ms: seq * 10, run_id: 'r', source: 'runner', cause_seq: [1] }
    metrics.observe({ ...base, ...body, ...stamp } as RunEvent)
  }
  const families = async () => parseExposition(await metrics.text())
  /** The series of one metric that are not zero, by the value of their label. */
  const of = async (name: string) => {
    const family = find(await families(), name)
    return Object.fromEntries(
      family.series
        .filter(({ value }) => value > 0)
        .map(({ labels, value }) => [Object.values(labels).join(), value]),
    )
  }
  return { metrics, tell, of, families }
}

function find(families: readonly Family[], name: string): Family {
  const found = families.find((family) => family.name === `aitp_playground_${name}`)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

describe('the metrics', () => {
  it('have every name, label and type of the original before the first run, the gauge as a gauge (B-60)', async () => {
    const families = await figures().families()
    const counted = families
      .filter(({ type }) => type !== 'histogram')
      .map(({ name, type, series }) => [
        name,
        type,
        series.map(({ labels }) => Object.entries(labels).join('|')),
      ])
    expect(counted).toEqual([
      ['aitp_playground_capability_calls_total', 'counter', ['outcome,denied', 'outcome,success']],
      [
        'aitp_playground_delegations_total',
        'counter',
        ['outcome,issued', 'outcome,redeemed', 'outcome,rejected'],
      ],
      ['aitp_playground_handshakes_total', 'counter', ['outcome,established', 'outcome,failed']],
      ['aitp_playground_key_rotations_total', 'counter', ['']],
      ['aitp_playground_revocations_total', 'counter', ['source,cp', 'source,local']],
      ['aitp_playground_runs_active', 'gauge', ['']],
      ['aitp_playground_runs_total', 'counter', ['status,cancelled', 'status,failed', 'status,success']],
      [
        'aitp_playground_step_outcomes_total',
        'counter',
        ['outcome,complete', 'outcome,denied', 'outcome,skipped'],
      ],
      ['aitp_playground_tcts_issued_total', 'counter', ['']],
    ])
    expect(families.flatMap(({ series }) => series).every(({ value }) => value === 0)).toBe(true)
    const names = families.map(({ name }) => name)
    expect(names).toEqual([...names].sort())
    expect(names).toHaveLength(13)
  })

  it('count what agents tell, and nothing twice that two sides tell (B-36)', async () => {
    const { tell, of } = figures()
    tell(started)
    tell({ type: 'trust.establishing', ...pair })
    tell(responderDone, agent)
    tell({ ...responderDone, role: 'initiator' }, { ...agent, agent_id: 'a' })
    tell(established)
    tell(responderDone, agent)
    tell(
      { type: 'delegation.issued', tct: facts, delegatee_aid: 'd', scope: [], jti: 'd1', parent_jti: 'j' },
      agent,
    )
    tell({ type: 'delegation.redeemed', role: 'issuer', grants: [], jti: 'n', parent_jti: 'd1' }, agent)
    tell({ type: 'delegation.redeemed', role: 'delegatee', grants: [], jti: 'n', parent_jti: 'd1' }, agent)
    tell({ type: 'delegation.rejected', ...refusal }, agent)
    tell({ type: 'tct.revoked', jti: 'j', total_revoked: 1 }, agent)
    tell({ type: 'revocation.published', step_id: 's', jti: 'j', result: { to_cp: true, reason: 'r' } })
    tell({ type: 'revocation.published', step_id: 's', jti: 'j', result: { to_cp: false, reason: 'r' } })
    tell({ type: 'identity.key.rotated', old_aid: 'o', new_aid: 'n' }, agent)
    tell({
      type: 'identity.key.rotated',
      step_id: 's',
      agent_id: 'writer',
      aid: 'n',
      old_aid: 'o',
      notes: '',
    })
    expect(await of('handshakes_total')).toEqual({ established: 1 })
    expect(await of('tcts_issued_total')).toEqual({ '': 2 })
    expect(await of('delegations_total')).toEqual({ issued: 1, redeemed: 1, rejected: 1 })
    expect(await of('revocations_total')).toEqual({ cp: 1, local: 1 })
    expect(await of('key_rotations_total')).toEqual({ '': 1 })
  })

  it('count a refused handshake once, also when its initiator does not pass the operation on (B-36)', async () => {
    const { tell, of } = figures()
    tell(started)
    tell({ type: 'trust.establishing', ...pair })
    tell(responderFailed, outside)
    tell({ type: 'trust.failed', ...pair, ...refusal })
    expect(await of('handshakes_total')).toEqual({ failed: 1 })
  })

  it('count the handshakes that strangers begin with an agent of ours', async () => {
    const { tell, of } = figures()
    tell(started)
    tell(responderDone, outside)
    tell(responderFailed, outside)
    expect(await of('handshakes_total')).toEqual({ established: 1, failed: 1 })
    expect(await of('tcts_issued_total')).toEqual({ '': 1 })
  })

  it('count the call of a workflow step as a success, and a denied probe not as one (B-61)', async () => {
    const { tell, of } = figures()
    tell(started)
    tell({ type: 'step.complete', step_id: 'w', result: null, agent: 'a', capability: 'c', target: 'b' })
    tell(denied)
    tell(probeDone)
    tell({ type: 'step.complete', step_id: 'h', result: null })
    tell({ type: 'step.skipped', step_id: 'm', notes: '' })
    expect(await of('capability_calls_total')).toEqual({ denied: 1, success: 1 })
    expect(await of('step_outcomes_total')).toEqual({ complete: 2, denied: 1, skipped: 1 })
  })

  it('count the attempt that succeeded after one that was denied', async () => {
    const { tell, of } = figures()
    tell(started)
    tell(denied)
    tell({ type: 'step.retrying', step_id: 'p', attempt: 2, attempts: 2, error: 'e' })
    tell(probeDone)
    expect(await of('capability_calls_total')).toEqual({ denied: 1, success: 1 })
  })

  it('take from the runs going on only one that started (B-62)', async () => {
    const { tell, of } = figures()
    const failed: EventBody = { type: 'run.failed', error: 'e', code: 'c' }
    tell(failed, { run_id: 'never started' })
    tell(started)
    tell(started, { run_id: 'another' })
    expect(await of('runs_active')).toEqual({ '': 2 })
    tell(failed)
    tell(failed)
    expect(await of('runs_active')).toEqual({ '': 1 })
    tell({ type: 'run.cancelled' }, { run_id: 'another' })
    expect(await of('runs_active')).toEqual({})
    expect(await of('runs_total')).toEqual({ cancelled: 1, failed: 3 })
  })

  it('time handshakes, stages of the gate, calls and verifications', async () => {
    const { metrics, tell, families } = figures()
    const sumOf = async (name: string) =>
      find(await families(), name)
        .series.filter((series) => series.name.endsWith('_sum'))
        .map(({ labels, value }) => [...Object.values(labels), Math.round(value * 1e6) / 1e6])
    tell(started)
    tell({ type: 'trust.establishing', ...pair })
    tell(established)
    tell(
      { type: 'capability.invoked', capability: 'c', caller_aid: 'x', status: 200, stages: [executed(30)] },
      agent,
    )
    metrics.verified({ subject: 'tct', verdict: 'accepted', code: null, checked_at: 1, ms: 2, checks: [] })
    metrics.verified({ subject: 'unsigned', verdict: 'accepted', code: null, checked_at: 1, checks: [] })
    expect(await sumOf('handshake_duration_seconds')).toEqual([[0.01]])
    expect(await sumOf('gate_stage_duration_seconds')).toEqual([['execute', 'passed', 0.03]])
    expect(await sumOf('invocation_duration_seconds')).toEqual([['c', 0.03]])
    expect(await sumOf('verification_duration_seconds')).toEqual([['tct', 0.002]])
  })

  it('keep hostile and endless names of capabilities out of the labels', async () => {
    const { metrics, tell, families } = figures()
    tell(started)
    const call = (capability: string) =>
      tell(
        { type: 'capability.invoked', capability, caller_aid: 'x', status: 200, stages: [executed(1)] },
        agent,
      )
    for (const hostile of ['a}b', 'a"b', 'a\nb', 'a\\', '', '\u202e', 'x'.repeat(10_000)]) call(hostile)
    for (let number = 0; number < 500; number += 1) call(`c${number}`)
    const { series } = find(await families(), 'invocation_duration_seconds')
    const names = new Set(series.map(({ labels }) => labels['capability']))
    expect(names.size).toBe(65)
    expect([...names].filter((name) => !/^(c\d+|other)$/.test(String(name)))).toEqual([])
    const count = series.find(
      ({ name, labels }) => name.endsWith('_count') && labels['capability'] === 'other',
    )
    expect(count?.value).toBe(7 + 500 - 64)
    const old = readAsOldConsole(await metrics.text())
    expect(old['aitp_playground_invocation_duration_seconds_count']).toBe(507)
  })
})
