import { cpSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { temporaryFolder } from '../support/folders.ts'
import { foreignWorker, programManifest } from '../support/foreign/manifest.ts'
import { startHost } from '../support/host.ts'
import { eventsOf, hostWith, runToEnd } from '../support/run-scenario.ts'
import { callerAndWriter, type ScenarioWish, scenarioTree } from '../support/scenario-tree.ts'

const foreignWriter: ScenarioWish = {
  agents: callerAndWriter.map((agent) =>
    agent.id === 'writer' ? { id: 'writer', ref: '_shared/agents/foreign' } : agent,
  ),
  manifests: { foreign: programManifest() },
}
const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const call = {
  id: 'call',
  type: 'workflow',
  agent: 'caller',
  capability: 'write.content',
  target_agent: 'writer',
  input_template: 'On taps.',
} as const
const allowed = { allow_programs: true }

describe('a worker from outside', () => {
  it('is called through a tap, which records what it does not report', async () => {
    const { client } = await hostWith({ ...foreignWriter, steps: [handshake, call] })
    const record = await runToEnd(client, allowed)
    expect(record.error).toBeNull()
    expect(record.outputs['call']).toMatchObject({ agent: 'writer', caller: record.agents[0]?.aid })
    const { exchanges } = await client.call('listExchanges', { run_id: record.run_id })
    expect(exchanges.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['manifest', 'caller', 'writer'],
      ['hello', 'caller', 'writer'],
      ['commit', 'caller', 'writer'],
      ['capability', 'caller', 'writer'],
    ])
    for (const { exchange_id, messages } of exchanges) {
      const { client: sent, server: received } = await client.call('getExchange', {
        run_id: record.run_id,
        exchange_id,
      })
      expect(received?.request.body).toEqual(sent?.request.body)
      expect(received?.response?.body).toEqual(sent?.response?.body)
      expect(messages[0]?.verdict).toMatchObject({
        reported_by: 'writer',
        report: { checks: [{ status: 'skipped', actual: 'this worker reports no checks' }] },
      })
    }
    const [resolved] = eventsOf(record, 'trust.peers_resolved')
    const port = record.agents.find(({ agent_id }) => agent_id === 'writer')?.port
    expect(resolved?.peers['writer']).toBe(`http://127.0.0.1:${port}/.well-known/aitp-manifest`)
  })

  it('opens handshakes, makes calls and reports events like any other (parity 14)', async () => {
    const { client } = await hostWith({
      agents: [
        { id: 'author', ref: '_shared/agents/foreign' },
        { id: 'researcher', ref: '_shared/agents/researcher' },
      ],
      manifests: { foreign: programManifest() },
      steps: [
        { id: 'trust', type: 'handshake', initiator: 'author', responder: 'researcher' },
        { id: 'own', type: 'workflow', agent: 'author', capability: 'write.content' },
        {
          id: 'call',
          type: 'workflow',
          agent: 'author',
          capability: 'research.query',
          target_agent: 'researcher',
        },
      ],
    })
    const record = await runToEnd(client, allowed)
    expect(record.error).toBeNull()
    expect(record.outputs['call']).toMatchObject({ agent: 'researcher' })
    expect(eventsOf(record, 'capability.self_execute')).toMatchObject([
      { agent_id: 'author', capability: 'write.content', source: 'agent' },
    ])
  })

  it('is found by did:web at its tap, as everybody is', async () => {
    const { client } = await hostWith({
      ...foreignWriter,
      agents: foreignWriter.agents?.map((agent) => ({ ...agent, did_web_host: 'localhost:8100' })) ?? [],
      trust: { discovery: 'did_web' },
      steps: [handshake],
    })
    const record = await runToEnd(client, allowed)
    // It serves no DID document, which is told; the caller's is the one that is found.
    const [resolved] = eventsOf(record, 'trust.peers_resolved')
    expect(resolved?.sources).toEqual({ caller: 'did_web', writer: 'static' })
    expect(record.status).toBe('success')
  })

  it('is Python when AGENT_PYTHON says which', async () => {
    const { client } = await hostWith(
      { ...foreignWriter, manifests: { foreign: programManifest([foreignWorker], { value: 'python3' }) } },
      { environment: { PATH: process.env['PATH'], AGENT_PYTHON: process.execPath } },
    )
    expect(await runToEnd(client, allowed)).toMatchObject({ status: 'success' })
  })

  it('gets an allow list of the environment, no provider’s key, and what its manifest gives it', async () => {
    const folder = temporaryFolder()
    const script = join(folder, 'environment.cjs')
    writeFileSync(script, 'console.error(Object.keys(process.env).sort().join());process.exit(3)')
    const { client } = await hostWith(
      {
        ...foreignWriter,
        manifests: { foreign: programManifest([script], { host: { env: { STYLE: 'plain' } } }) },
      },
      {
        environment: {
          PATH: process.env['PATH'],
          SECRET: 's',
          LLM_PROVIDER: 'openai',
          OPENAI_API_KEY: 'k',
        },
      },
    )
    const { error } = await runToEnd(client, allowed)
    expect(error).toMatch(/exit code 3\): AGENT_PORT,AITP_BOOTSTRAP_FILE,PATH,PYTHONUNBUFFERED,STYLE$/)
  })

  it('is not told the key of the Control Plane', async () => {
    const tell = `const {cp} = JSON.parse(require('node:fs').readFileSync(process.env.AITP_BOOTSTRAP_FILE, 'utf8'))`
    const script = `${tell};console.error(cp.base_url, JSON.stringify(cp.api_key));process.exit(3)`
    const controlPlane = await startControlPlane()
    const { client } = await hostWith(
      { ...foreignWriter, manifests: { foreign: programManifest(['-e', script]) } },
      configured(controlPlane),
    )
    const { error } = await runToEnd(client, allowed)
    expect(error).toMatch(/exit code 3\): /)
    expect(error).toMatch(new RegExp(`${controlPlane.baseUrl}/? null$`))
  })

  it.each([
    ['is not there', programManifest([], { value: 'no-such-program' }), /no-such-program is not there$/],
    [
      'ends at once',
      programManifest(['-e', 'console.error("no luck");process.exit(4)']),
      /exit code 4\): no luck$/,
    ],
  ])('that %s fails the run with one sentence and leaves nothing', async (_what, foreign, sentence) => {
    const dataFolder = openDataFolder(temporaryFolder())
    const { client } = await hostWith({ ...foreignWriter, manifests: { foreign } }, { dataFolder })
    const record = await runToEnd(client, allowed)
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_spawn_error' })
    expect(record.error).toMatch(/^Agent writer \(/)
    expect(record.error).toMatch(sentence)
    expect(readdirSync(dataFolder.bootstrap)).toEqual([])
    expect((await client.call('listAgents', {})).agents).toEqual([])
  })
})

describe('where a program is started', () => {
  async function start(cwd: string) {
    const scenariosDir = scenarioTree({
      ...foreignWriter,
      manifests: { foreign: programManifest([foreignWorker], { host: { cwd } }) },
    })
    const client = createLocalClient((await startHost({ scenariosDir })).handlers)
    return runToEnd(client, allowed)
  }

  it('is below the folder that holds the scenarios root', async () => {
    expect(await start('.')).toMatchObject({ status: 'success' })
    await expect(start('no-such-folder')).rejects.toMatchObject({
      code: 'scenario_invalid',
      message: expect.stringContaining('no such folder'),
    })
  })

  it.each(['..', '/etc', 'a/../../..'])('is not %s', async (cwd) => {
    await expect(start(cwd)).rejects.toMatchObject({
      code: 'scenario_invalid',
      message: expect.stringContaining('which lies outside'),
    })
  })

  it('is not where a link leads out of it', async () => {
    const pack = temporaryFolder()
    const scenariosDir = join(pack, 'scenarios')
    const manifests = { foreign: programManifest([foreignWorker], { host: { cwd: 'elsewhere' } }) }
    cpSync(scenarioTree({ ...foreignWriter, manifests }), scenariosDir, { recursive: true })
    symlinkSync('/etc', join(pack, 'elsewhere'))
    const client = createLocalClient((await startHost({ scenariosDir })).handlers)
    await expect(runToEnd(client, allowed)).rejects.toMatchObject({
      code: 'scenario_invalid',
      message: expect.stringContaining('a link that leads out'),
    })
  })
})

describe('programs of scenarios', () => {
  it('are refused by name until somebody allows their folder, once and for this folder alone', async () => {
    const dataFolder = openDataFolder(temporaryFolder())
    const { client } = await hostWith(foreignWriter, { dataFolder })
    await expect(runToEnd(client)).rejects.toMatchObject({
      code: 'programs_not_allowed',
      message: expect.stringMatching(/^Agent writer is the program ".*worker\.ts".*--allow-programs\.$/),
    })
    expect((await client.call('listRuns', {})).runs).toEqual([])
    expect(await runToEnd(client, allowed)).toMatchObject({ status: 'success' })
    expect(await runToEnd(client)).toMatchObject({ status: 'success' })
    const other = await hostWith(foreignWriter, { dataFolder })
    await expect(runToEnd(other.client)).rejects.toMatchObject({ code: 'programs_not_allowed' })
  })
})
