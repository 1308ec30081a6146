import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { type ControlPlaneStandIn, configured, startControlPlane } from '../support/control-plane.ts'
import { eventsOf, hostWith, runScenario, runToEnd, storyOf } from '../support/run-scenario.ts'
import { callerAndWriter, type WrittenStep } from '../support/scenario-tree.ts'

const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const revoke = {
  id: 'revoke',
  type: 'revoke_tct',
  issuer: 'writer',
  audience: 'caller',
  via_cp: true,
} as const

const controlPlaneSteps: WrittenStep[] = [
  { id: 'enroll', type: 'enroll_with_cp', agent: 'caller' },
  { id: 'subscribe', type: 'cp_subscribe_webhook', events: ['run.complete'] },
  { id: 'provision', type: 'cp_provision_trust_anchor', agent: 'writer', issuer_url: 'https://idp.example/' },
  { id: 'tree', type: 'cp_delegation_tree', agent: 'caller' },
]

const json = (body: unknown, status = 200) => ({ status, body: JSON.stringify(body) })

const knownRun = { run_id: '6dd40d1c-6a0c-4a8e-9d0a-7c6a45b0a001', dangerously_playground_seeds: true }

function knownAid(agentId: string, org = 'internal'): string {
  const seed = createHash('sha256').update(`${org}:${knownRun.run_id}:${agentId}`).digest()
  return createAitp(nodeEngine).agentKey(seed).aid
}

/** What the host asked, without what agents ask by themselves. */
const asked = ({ requests }: ControlPlaneStandIn) =>
  requests
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => !/well-known|registry|health/.test(line))

describe('without a Control Plane', () => {
  it('its steps are skipped, with the output that says so, and a revocation stays local', async () => {
    const record = await runScenario({ steps: [handshake, ...controlPlaneSteps, revoke] })
    expect(record).toMatchObject({
      status: 'success',
      cp: 'off',
      outputs: {
        enroll: { enrolled: false, skipped: 'no cp' },
        subscribe: { subscribed: false, skipped: 'no cp' },
        provision: { provisioned: false, skipped: 'no cp' },
        tree: { delegations: [], skipped: 'no cp' },
        revoke: { revoked_jti: expect.any(String), published_to_cp: false },
      },
    })
    for (const id of ['enroll', 'subscribe', 'provision', 'tree'])
      expect(storyOf(record, id)).toEqual(['step.skipped'])
    expect(storyOf(record, 'revoke')).toEqual(['revocation.published', 'step.complete'])
  })

  it('is what a run may choose, whatever is configured', async () => {
    const standIn = await startControlPlane()
    const record = await runScenario({ steps: controlPlaneSteps }, { cp: 'off' }, configured(standIn))
    expect(record.cp).toBe('off')
    expect(standIn.requests).toEqual([])
  })
})

describe('with a Control Plane', () => {
  /** With a run id whose agents have keys that a stand-in can know beforehand. */
  async function runWith(steps: WrittenStep[], prepare: (standIn: ControlPlaneStandIn) => void = () => {}) {
    const standIn = await startControlPlane()
    prepare(standIn)
    const record = await runScenario({ steps }, knownRun, configured(standIn))
    return { standIn, record }
  }

  const webhook = { id: 'w-1', url: 'http://127.0.0.1/hook', events: [], secret: 'canary-webhook-secret' }

  it('enrols, provisions after a look at the manifest, and walks the whole tree of delegations (B-17, B-18, B-19)', async () => {
    const row = (jti: string, parentJti: string | null) => ({
      jti,
      parentJti,
      delegator: 'a',
      delegatee: 'b',
    })
    const { standIn, record } = await runWith(controlPlaneSteps, ({ answerWith }) => {
      answerWith('/api/webhooks', json(webhook, 201))
      answerWith('/api/webhooks/w-1', json({ deleted: true }))
      answerWith('/api/pinned-keys', json({ namespace: 'test', aid: 'x', pubkey: 'y' }, 201))
      answerWith(
        '/api/pinned-keys?namespace=test',
        json({ pinnedKeys: [{ namespace: 'test', aid: 'x', pubkey: 'y' }] }),
      )
      answerWith('/api/trust-anchors', json({ namespace: 'test', issuerUrl: 'https://idp.example/' }, 201))
      answerWith('/api/trust-anchors?namespace=test', json([]))
      answerWith('/api/events', json({ ingested: 1 }))
      answerWith(
        `/api/delegations?delegator=${encodeURIComponent(knownAid('caller'))}`,
        json({ delegations: [row('one', null)] }),
      )
      answerWith('/api/delegations?root_jti=one', json([row('one', null), row('two', 'one')]))
    })
    expect(record.error).toBeNull()
    expect(record.cp).toBe(standIn.baseUrl)
    expect(record.outputs).toMatchObject({
      enroll: { enrolled: true, aid: record.agents[0]?.aid },
      subscribe: { subscribed: true, webhook_id: 'w-1' },
      provision: {
        provisioned: true,
        namespace: 'test',
        pinned_key: { namespace: 'test' },
        trust_anchor: { issuerUrl: 'https://idp.example/' },
        pinned_key_count: 1,
        trust_anchor_count: 0,
      },
      tree: { delegator: knownAid('caller'), delegations: [{ jti: 'one' }, { jti: 'two' }], count: 2 },
    })
    const pinned = standIn.requests.find(
      ({ method, path }) => method === 'POST' && path === '/api/pinned-keys',
    )
    const writer = record.agents[1]
    expect(JSON.parse(pinned?.body ?? '')).toEqual({
      aid: writer?.aid,
      pubkey: writer?.aid?.replace('aid:pubkey:', ''),
      namespace: 'test',
      label: 'writer',
    })
    expect(pinned?.authorization).toBe('Bearer the-key')
    // The events are there before they are asked about.
    const lines = asked(standIn)
    expect(lines.indexOf('POST /api/events')).toBeLessThan(
      lines.findIndex((line) => line.includes('/api/delegations')),
    )
    // A subscription is told with a closing event; its secret stays here (B-17).
    expect(storyOf(record, 'subscribe')).toEqual(['cp.webhook.subscribed', 'step.complete'])
    expect(JSON.stringify(record)).not.toContain('canary-webhook-secret')
    expect(JSON.stringify(record)).not.toContain('the-key')
  })

  it('that refuses leaves data and no failed run (B-16)', async () => {
    const no = json({ error: 'no', code: 'NO' }, 403)
    const { record } = await runWith(controlPlaneSteps, ({ answerWith }) => {
      for (const path of ['/api/registry/enroll', '/api/webhooks', '/api/pinned-keys', '/api/trust-anchors'])
        answerWith(path, no)
    })
    expect(record).toMatchObject({
      status: 'success',
      outputs: {
        enroll: { enrolled: false, status_code: 502 },
        subscribe: { subscribed: false },
        provision: { provisioned: true, pinned_key: null, trust_anchor: null },
      },
    })
    expect(eventsOf(record, 'cp.webhook.subscribe_failed')).toHaveLength(1)
  })

  it('is told of a revocation, and the audience hears of it from there', async () => {
    const { standIn, record } = await runWith([handshake, revoke])
    expect(record.outputs['revoke']).toMatchObject({ published_to_cp: true, audience_revoked_count: 1 })
    expect(eventsOf(record, 'revocation.published')).toMatchObject([
      { result: { to_cp: true, reason: 'step revoke' } },
    ])
    expect(asked(standIn)).toContain('POST /api/revocation/entries')
  })

  it('that is down, or whose list somebody else signed, is a fault like any other', async () => {
    const { record } = await runWith([
      handshake,
      { id: 'down', type: 'refresh_revocations', agent: 'caller', fault: { kind: 'cp_down' } },
      {
        id: 'forged',
        type: 'refresh_revocations',
        agent: 'caller',
        fault: { kind: 'forged_revocation_list' },
      },
      { ...revoke, fault: { kind: 'cp_down' } },
      { id: 'fine', type: 'refresh_revocations', agent: 'caller' },
    ])
    expect(record.error).toBeNull()
    expect(record.outputs).toMatchObject({
      down: { fault_injected: true, code: 'no_answer', mutated_url: 'http://127.0.0.1:1' },
      forged: { fault_injected: true, error: expect.any(String), code: 'signature_invalid' },
      revoke: { fault_injected: true, code: 'no_answer', output: { published_to_cp: false } },
      fine: { posture: 'current', verified: true },
    })
  })

  it('that never answers costs the host one time-out, not one a step', async () => {
    const standIn = await startControlPlane()
    for (const path of ['/api/webhooks', '/api/events', '/api/pinned-keys', '/api/trust-anchors'])
      standIn.answerWith(path, 'hang')
    const record = await runScenario(
      { steps: controlPlaneSteps },
      {},
      configured(standIn, { CP_TIMEOUT_MS: '200' }),
    )
    expect(record.status).toBe('success')
    // The report of the run and a step may be on their way together; nothing is asked after the first silence.
    expect(asked(standIn)).toContain('POST /api/events')
    expect(asked(standIn).length).toBeLessThanOrEqual(2)
  })
})

describe('discovery by the registry', () => {
  const external = callerAndWriter.map((agent) => ({ ...agent, org: 'external' as const }))
  const sourcesOf = (record: RunRecord) => eventsOf(record, 'trust.peers_resolved')[0]?.sources

  it('takes the record with the AID of our agent, and says where it found none (B-53, B-55)', async () => {
    const standIn = await startControlPlane()
    const stale = { aid: knownAid('somebody'), handshakeEndpoint: 'http://127.0.0.1:8/aitp/handshake/' }
    const ours = {
      aid: knownAid('caller', 'external'),
      handshake_endpoint: 'http://127.0.0.1:9/aitp/handshake/',
    }
    standIn.answerWith('/api/registry/agents?capability=research.query', json({ agents: [stale, ours] }))
    standIn.answerWith('/api/registry/agents?capability=write.content', json({ agents: [stale] }))
    const record = await runScenario(
      { agents: external, trust: { discovery: 'cp_registry' }, steps: [] },
      knownRun,
      configured(standIn),
    )
    const [resolved] = eventsOf(record, 'trust.peers_resolved')
    expect(resolved?.sources).toEqual({ caller: 'cp_registry', writer: 'static_fallback' })
    expect(resolved?.peers['caller']).toBe('http://127.0.0.1:9/.well-known/aitp-manifest')
    expect(resolved?.warnings).toEqual({ writer: expect.stringContaining('write.content') })
  })

  it('is not possible without a Control Plane, and says so', async () => {
    const { client } = await hostWith({
      agents: external,
      trust: { discovery: 'cp_registry' },
      steps: [handshake],
    })
    const record = await runToEnd(client)
    expect(record.status).toBe('success')
    expect(sourcesOf(record)).toEqual({ caller: 'static_fallback', writer: 'static_fallback' })
  })
})

describe('a Control Plane that is away', () => {
  const call = { id: 'call', type: 'workflow', agent: 'caller', capability: 'write.content' } as const

  it('stops no call of an own token, as long as nobody chose a fail mode', async () => {
    const controlPlane = await startControlPlane()
    await controlPlane.stop()
    const { client } = await hostWith({ steps: [handshake, call] }, configured(controlPlane))
    expect(await runToEnd(client)).toMatchObject({ status: 'success', error: null })
  })

  it('stops it where fail_closed was chosen', async () => {
    const controlPlane = await startControlPlane()
    await controlPlane.stop()
    const chosen = configured(controlPlane, { REVOCATION_FAIL_MODE: 'fail_closed' })
    const { client } = await hostWith({ steps: [handshake, call] }, chosen)
    expect(await runToEnd(client)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('TCT_REVOKED'),
    })
  })
})
