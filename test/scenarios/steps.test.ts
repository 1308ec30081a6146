import { describe, expect, it } from 'vitest'
import { eventsOf, runScenario, storyOf } from '../support/run-scenario.ts'
import { callerAndWriter, type WrittenStep } from '../support/scenario-tree.ts'

const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const probe = {
  id: 'probe',
  type: 'capability_probe',
  agent: 'caller',
  target_agent: 'writer',
  capability: 'write.content',
  input_template: 'On tides.',
} as const

const stranger = {
  id: 'stranger',
  type: 'capability_call_no_trust',
  agent: 'caller',
  target_agent: 'writer',
  capability: 'write.content',
} as const

const threeAgents = [...callerAndWriter, { id: 'helper', ref: '_shared/agents/researcher' }]

const throughManyHands: WrittenStep[] = [
  handshake,
  {
    id: 'delegate',
    type: 'delegate',
    delegator: 'caller',
    delegatee: 'helper',
    via_peer: 'writer',
    scope: ['write.content'],
  },
  {
    id: 'redeem',
    type: 'redeem_delegation',
    delegatee: 'helper',
    target: 'writer',
    via_delegation: 'delegate',
  },
  { ...probe, id: 'helper_probe', agent: 'helper', expect_status: 200 },
  { id: 'renew', type: 'renew_tct', agent: 'caller', via_peer: 'writer', new_ttl_secs: 5_000 },
  {
    id: 'export',
    type: 'export_session_bundle',
    coordinator: 'writer',
    participants: ['caller', 'helper'],
  },
  { id: 'verify', type: 'verify_session_bundle', verifier: 'caller', via_step: 'export' },
]

describe('steps that make tokens', () => {
  it('leave claims and fingerprints, and no token anywhere in the record (B-34)', async () => {
    const record = await runScenario({ agents: threeAgents, steps: throughManyHands })
    expect(record.error).toBeNull()
    expect(record.outputs).toMatchObject({
      trust: { trust: 'established', grants: ['write.content'] },
      delegate: {
        delegation_token: { fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), claims: expect.anything() },
        scope: ['write.content'],
      },
      redeem: { ok: true, grants: ['write.content'] },
      export: {
        bundle_envelope: { fingerprint: expect.any(String), session_id: expect.any(String) },
        participant_aids: [expect.any(String), expect.any(String)],
      },
      verify: { kind: 'clear' },
    })
    expect(JSON.stringify(record)).not.toMatch(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\./)
    expect(JSON.stringify(record)).not.toContain('proof_of_possession')
    expect(eventsOf(record, 'step.complete').find(({ step_id }) => step_id === 'delegate')?.result).toEqual({
      delegatee_aid: expect.any(String),
      scope: ['write.content'],
    })
  })

  it('renew with the life that was asked for (B-06)', async () => {
    const record = await runScenario({
      steps: [
        handshake,
        { id: 'renew', type: 'renew_tct', agent: 'caller', via_peer: 'writer', new_ttl_secs: 5_000 },
      ],
    })
    const [renewed] = eventsOf(record, 'tct.renewed')
    const secs = Number(renewed?.result.expires_at) - Number(renewed?.ts)
    expect(secs).toBeGreaterThan(4_900)
    expect(secs).toBeLessThanOrEqual(5_001)
  })
})

describe('revoke_tct (B-15)', () => {
  it('finds the newest token, which was redeemed or renewed, and the one that a step named obtained', async () => {
    const record = await runScenario({
      agents: threeAgents,
      steps: [
        ...throughManyHands,
        { id: 'revoke_redeemed', type: 'revoke_tct', issuer: 'writer', audience: 'helper' },
        { ...probe, id: 'helper_after', agent: 'helper', expect_status: 403 },
        { id: 'revoke_renewed', type: 'revoke_tct', issuer: 'writer', audience: 'caller' },
        { id: 'revoke_first', type: 'revoke_tct', issuer: 'writer', audience: 'caller', via_step: 'trust' },
      ],
    })
    const { redeem, renew, trust } = record.outputs as Record<string, { jti: string }>
    expect(record.outputs).toMatchObject({
      revoke_redeemed: { revoked_jti: redeem?.jti },
      helper_after: { status_code: 403, rejected: true, matched: true },
      revoke_renewed: { revoked_jti: renew?.jti },
      revoke_first: { revoked_jti: trust?.jti },
    })
  })

  it('fails the step when there is no such token', async () => {
    const record = await runScenario({
      steps: [{ id: 'revoke', type: 'revoke_tct', issuer: 'writer', audience: 'caller' }],
    })
    expect(record).toMatchObject({ status: 'failed', error_code: 'step_failed' })
    expect(record.error).toContain('shake hands first')
  })
})

describe('probes', () => {
  it('close with one event that says step and capability, and so does the verdict (B-13, B-26)', async () => {
    const record = await runScenario({
      steps: [{ ...stranger, expect_status: 403 }, handshake, { ...probe, expect_status: 200 }],
    })
    expect(storyOf(record, 'stranger')).toEqual([
      'step.probing_no_trust',
      'step.access_denied',
      'step.complete',
    ])
    expect(storyOf(record, 'probe')).toEqual(['step.probing_with_held_tct', 'step.complete'])
    expect(eventsOf(record, 'step.complete').find(({ step_id }) => step_id === 'probe')).toMatchObject({
      agent: 'caller',
      target: 'writer',
      capability: 'write.content',
    })
    // The agent called, and not the host in its place.
    const refused = record.events.find(
      (event) => event.type === 'gate.decided' && event.decision === 'refused' && event.agent_id === 'writer',
    )
    expect(refused).toBeDefined()
  })

  const hopeless: WrittenStep[] = [handshake, { ...probe, expect_status: 403 }]

  it('say when the hoped for status did not come, and let the run go on (B-11)', async () => {
    const record = await runScenario({
      steps: hopeless,
      expected: { summary: 'The writer refuses.' },
    })
    expect(record).toMatchObject({ status: 'success', as_expected: false })
    expect(storyOf(record, 'probe')).toEqual([
      'step.probing_with_held_tct',
      'step.unexpected_status',
      'step.complete',
      'step.assertion_failed',
    ])
  })

  it('fail a strict run over it, with the output kept (B-11, B-27)', async () => {
    const record = await runScenario({
      strict: true,
      steps: hopeless,
      expected: { status: 'failed', summary: 'The writer lets it pass.' },
    })
    expect(record).toMatchObject({ status: 'failed', error_code: 'assertion_failed', as_expected: true })
    expect(storyOf(record, 'probe').slice(-2)).toEqual(['step.assertion_failed', 'step.failed'])
    expect(record.outputs['probe']).toMatchObject({ status_code: 200, matched: false })
  })
})

describe('assertions, attempts, groups and texts', () => {
  it('hold outputs against what they should be, and tell what they are', async () => {
    const record = await runScenario({
      steps: [
        {
          ...handshake,
          assert: [
            { path: 'grants', equals: ['write.content'] },
            { path: 'trust', equals: 'refused' },
          ],
        },
      ],
    })
    expect(record.status).toBe('success')
    expect(eventsOf(record, 'step.assertion_failed').map(({ error }) => error)).toEqual([
      'Step trust: trust is "established", and should be "refused".',
    ])
  })

  it('tries a step again as often as it was told to, then fails it', async () => {
    const record = await runScenario({
      steps: [{ ...probe, retry: { attempts: 3, delay_ms: 1 } }],
    })
    expect(record).toMatchObject({ status: 'failed', error_code: 'capability_failed' })
    expect(eventsOf(record, 'step.retrying').map(({ attempt, attempts }) => [attempt, attempts])).toEqual([
      [2, 3],
      [3, 3],
    ])
    expect(storyOf(record, 'probe').at(-1)).toBe('step.failed')
  })

  it('lets every member of a group settle before the first failure fails it', async () => {
    const record = await runScenario({
      steps: [
        handshake,
        {
          id: 'group',
          type: 'parallel',
          steps: [
            {
              id: 'bad',
              type: 'capability_probe',
              agent: 'writer',
              target_agent: 'caller',
              capability: 'research.query',
            },
            { id: 'pause', type: 'wait', ms: 300 },
            { ...probe, id: 'good' },
          ],
        },
        { id: 'never', type: 'wait', ms: 1 },
      ],
    })
    expect(record).toMatchObject({ status: 'failed', error_code: 'capability_failed' })
    expect(record.outputs).toMatchObject({ pause: { waited_ms: 300 }, good: { status_code: 200 } })
    expect(storyOf(record, 'pause')).toEqual(['step.waiting', 'step.complete'])
    expect(storyOf(record, 'group')).toEqual(['step.failed'])
    expect(storyOf(record, 'never')).toEqual([])
    const seqOf = (type: string, id: string) =>
      record.events.find((event) => event.type === type && 'step_id' in event && event.step_id === id)?.seq ??
      0
    expect(seqOf('step.failed', 'group')).toBeGreaterThan(seqOf('step.complete', 'pause'))
    // Each member follows from what was before the group, and from no other member.
    expect(record.events.find(({ seq }) => seq === seqOf('step.waiting', 'pause'))?.cause_seq).toEqual([
      seqOf('step.complete', 'trust'),
    ])
  })

  it('puts what earlier steps left into the text of later ones', async () => {
    const record = await runScenario({
      steps: [handshake, { ...probe, input_template: 'Granted: {{ outputs.trust.grants.0 }}.' }],
    })
    expect(JSON.stringify(record.outputs['probe'])).toContain('Granted: write.content.')
  })
})
