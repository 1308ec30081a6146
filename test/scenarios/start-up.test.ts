import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { openDataFolder } from '../../src/main/data-folder.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { temporaryFolder } from '../support/folders.ts'
import { builtAgents } from '../support/repository.ts'
import { endOf, eventsOf, hostWith, runScenario, runToEnd } from '../support/run-scenario.ts'
import { callerAndWriter, ofTheTest, type WrittenStep } from '../support/scenario-tree.ts'
import { startLoneWorker, startTelemetrySink } from '../support/worker.ts'

const [caller, writer] = callerAndWriter as [
  (typeof callerAndWriter)[number],
  (typeof callerAndWriter)[number],
]
const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const call = {
  id: 'call',
  type: 'workflow',
  agent: 'caller',
  capability: 'write.content',
  target_agent: 'writer',
  input_template: 'On ports.',
} as const

/** A port that somebody else has until the test ends. */
async function takenPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function startPaused(client: ConsoleClient): Promise<string> {
  const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, paused: true })
  await expect
    .poll(async () => (await client.call('getRun', { run_id })).events.at(-1)?.type, { timeout: 15_000 })
    .toBe('run.paused')
  return run_id
}

describe('ports', () => {
  it('move on from what another program has, and from what another run of ours has (B-48)', async () => {
    const base = await takenPort()
    const { client } = await hostWith(
      { agents: [caller, { ...writer, port_offset: 1 }], steps: [handshake] },
      { agentBasePort: base },
    )
    const first = await startPaused(client)
    const second = await runToEnd(client)
    const ports = async (runId: string) =>
      eventsOf(await client.call('getRun', { run_id: runId }), 'agent.ready').map(({ port }) => port)
    const all = [...(await ports(first)), ...(await ports(second.run_id))]
    expect(new Set([...all, base]).size).toBe(5)
    const asked = [await client.call('getRun', { run_id: first }), second].flatMap((record) =>
      eventsOf(record, 'agent.spawning').map(({ port }) => port),
    )
    expect(new Set(asked).size).toBe(4)
    expect(await ports(first)).toContain(base + 1)
    expect(second.status).toBe('success')
    await client.call('resumeRun', { run_id: first })
    expect(await endOf(client, first)).toMatchObject({ status: 'success' })
  })
})

describe('a start that fails', () => {
  /** Workers as built, but for the writer, which is this script. */
  async function withWriter(script: string) {
    const agentsDir = temporaryFolder()
    cpSync(builtAgents, agentsDir, { recursive: true })
    writeFileSync(join(agentsDir, 'writer.cjs'), script)
    const dataFolder = openDataFolder(temporaryFolder())
    const base = await takenPort()
    const { client } = await hostWith(
      {
        agents: [
          { ...caller, port_offset: 1 },
          { ...writer, port_offset: 2 },
        ],
      },
      { agentsDir, dataFolder, agentBasePort: base },
    )
    const record = await runToEnd(client)
    const { agents } = await client.call('listAgents', {})
    return { record, agents, bootstraps: readdirSync(dataFolder.bootstrap), base }
  }

  it('leaves no run under way, no process, no port and no seed behind (B-23)', async () => {
    const { record, agents, bootstraps, base } = await withWriter('process.exit(3)')
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_spawn_error' })
    expect(record.error).toContain('writer')
    expect(record.events.at(-1)?.type).toBe('run.failed')
    expect([agents, bootstraps]).toEqual([[], []])
    const server = createServer()
    server.listen(base + 1, '127.0.0.1')
    await once(server, 'listening')
    server.close()
  })

  it('is one in which an agent says that it is ready and nobody listens there (B-38)', async () => {
    const aid = `aid:pubkey:${'A'.repeat(43)}`
    const { record, agents } = await withWriter(
      `console.log('AITP_AGENT_READY aid=${aid} port=1'); process.stdin.resume()`,
    )
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_spawn_error' })
    expect(eventsOf(record, 'agent.ready').map(({ agent_id }) => agent_id)).not.toContain('writer')
    expect(agents).toEqual([])
  })
})

describe('discovery by did:web', () => {
  const agents = callerAndWriter.map((agent, offset) => ({
    ...agent,
    port_offset: offset,
    // The port that the scenario was written with; nobody need get it.
    did_web_host: `localhost:${8100 + offset}`,
  }))

  it('works in two runs at the same time, whatever ports they got (B-47, B-55)', async () => {
    const { client } = await hostWith(
      { agents, trust: { discovery: 'did_web', eager: true }, steps: [call] },
      { agentBasePort: (await takenPort()) + 1 },
    )
    const first = await startPaused(client)
    const second = await runToEnd(client)
    await client.call('resumeRun', { run_id: first })
    for (const record of [await endOf(client, first), second]) {
      expect(record.error).toBeNull()
      const [resolved] = eventsOf(record, 'trust.peers_resolved')
      expect(resolved?.sources).toEqual({ caller: 'did_web', writer: 'did_web' })
      expect(resolved?.warnings).toBeUndefined()
      for (const { agent_id, port } of record.agents)
        expect(resolved?.peers[agent_id]).toBe(`http://localhost:${port}/.well-known/aitp-manifest`)
    }
  })

  it('that finds nothing falls back to the local address, and says so', async () => {
    const record = await runScenario({
      agents: [{ ...caller, did_web_host: 'nobody.invalid' }, writer],
      trust: { discovery: 'did_web' },
      steps: [handshake],
    })
    expect(record.status).toBe('success')
    const [resolved] = eventsOf(record, 'trust.peers_resolved')
    expect(resolved?.sources).toEqual({ caller: 'static', writer: 'static' })
    expect(resolved?.warnings).toEqual({ caller: expect.any(String) })
  })
})

describe('the mock issuer of a run with OIDC agents', () => {
  it('is told before the first agent is started, and its tokens are taken', async () => {
    const record = await runScenario({
      agents: [{ ...caller, ref: '_shared/agents/researcher-oidc' }, writer],
      steps: [handshake],
    })
    expect(record.error).toBeNull()
    expect(record.events.slice(0, 3).map(({ type }) => type)).toEqual([
      'run.started',
      'oidc.issuer_minted',
      'agent.spawning',
    ])
    expect(record.events[2]?.cause_seq).toEqual([2])
    expect(JSON.stringify(record)).not.toContain('private_seed')
  })

  it('lets a scenario choose another signing suite for one of its agents', async () => {
    const record = await runScenario({
      agents: [{ ...caller, ref: '_shared/agents/researcher-oidc', signing_suite: 'p256' }, writer],
      steps: [handshake],
    })
    expect(record.error).toBeNull()
    expect(record.agents[0]).toMatchObject({
      signing_suite: 'p256',
      aid: expect.stringMatching(/^aid:pubkey:p256:/),
    })
  })
})

describe('an agent that runs elsewhere', () => {
  /** A writer that this console does not start, and a run that waits until both know each other. */
  async function withRemote(pin: (aid: string) => string | null, steps: WrittenStep[] = [handshake, call]) {
    const remote = await startLoneWorker('writer', await startTelemetrySink())
    const { client } = await hostWith({
      agents: [
        caller,
        {
          id: 'writer',
          manifest_url: remote.manifestUrl,
          pinned_aid: pin(remote.worker.aid),
          org: 'external',
        },
      ],
      steps,
    })
    const run_id = await startPaused(client)
    const { agents } = await client.call('listAgents', {})
    expect(agents.map(({ agent_id }) => agent_id)).toEqual(['caller'])
    const [ours] = agents
    if (!ours) throw new Error('the caller is not there')
    const { aid, manifest_url } = ours
    await remote.admin('PUT', '/admin/peers', {
      peers: [{ agent_id: 'caller', aid, manifest_url, did: null }],
    })
    await client.call('resumeRun', { run_id })
    return { record: await endOf(client, run_id), remote, client }
  }

  it('is reached at its address and under its pin, and no process is started for it (B-54)', async () => {
    const { record, remote } = await withRemote((aid) => aid)
    expect(record.error).toBeNull()
    expect(record.outputs['call']).toMatchObject({ agent: 'writer' })
    expect(eventsOf(record, 'agent.spawning').map(({ agent_id }) => agent_id)).toEqual(['caller'])
    expect(eventsOf(record, 'trust.peers_resolved')[0]?.sources).toEqual({
      caller: 'static',
      writer: 'remote',
    })
    expect(record.agents[1]).toMatchObject({ remote: true, aid: remote.worker.aid, pid: null, port: null })
    expect(remote.worker.state).toBe('ready')
  })

  it('without a pin is told as one that nobody has checked, and never as one that passed', async () => {
    const { record, client } = await withRemote(() => null)
    expect(record.error).toBeNull()
    expect(record.agents[1]).toMatchObject({ remote: true, pid: null, port: null })
    const { run_id } = record
    const { exchanges } = await client.call('listExchanges', { run_id })
    const statusOf = (kind: string, check: string) =>
      exchanges
        .filter((exchange) => exchange.kind === kind)
        .flatMap(({ messages }) => messages)
        .filter(({ direction }) => direction === 'response')
        .flatMap(({ verdict }) => verdict?.report.checks ?? [])
        .filter(({ id }) => id === check)
        .map(({ status }) => status)
    expect(statusOf('manifest', 'manifest.expected_aid')).toEqual(['skipped'])
    expect(statusOf('hello', 'identity.pin')).toEqual(['skipped'])
  })

  it('that is not the pinned one is refused', async () => {
    const stranger = createAitp(nodeEngine).agentKey(new Uint8Array(32).fill(9)).aid
    const { record } = await withRemote(() => stranger)
    expect(eventsOf(record, 'trust.failed')).toMatchObject([
      { code: 'IDENTITY_FAILED', check: 'manifest.expected_aid' },
    ])
    expect(record.status).toBe('failed')
  })
})

describe('rotate_keys', () => {
  it('makes the new key the pin of everybody, and the one that the run tells', async () => {
    const record = await runScenario({
      steps: [
        handshake,
        { id: 'rotate', type: 'rotate_keys', agent: 'writer' },
        { ...handshake, id: 'again' },
        call,
      ],
    })
    expect(record.error).toBeNull()
    const { new_aid, old_aid } = record.outputs['rotate'] as Record<string, string>
    expect(record.agents.find(({ agent_id }) => agent_id === 'writer')?.aid).toBe(new_aid)
    expect(eventsOf(record, 'agent.ready').find(({ agent_id }) => agent_id === 'writer')?.aid).toBe(old_aid)
  })
})

describe('dangerously_playground_seeds', () => {
  it('derives keys by the public formula, and the run says so', async () => {
    const record = await runScenario({ steps: [] }, { dangerously_playground_seeds: true })
    const seed = createHash('sha256').update(`internal:${record.run_id}:caller`).digest()
    expect(record.agents[0]?.aid).toBe(createAitp(nodeEngine).agentKey(seed).aid)
    expect(eventsOf(record, 'run.started')).toMatchObject([{ keys: 'public' }])
    const usual = await runScenario({ steps: [] }, { run_id: record.run_id })
    expect(usual.agents[0]?.aid).not.toBe(record.agents[0]?.aid)
    expect(eventsOf(usual, 'run.started')[0]?.keys).toBeUndefined()
  })
})
