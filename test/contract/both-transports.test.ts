import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { followRun } from '../../src/main/cli/follow-run.ts'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { createHost, type Host } from '../../src/main/host.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { type CallName, callNames, contract, streamNames } from '../../src/shared/contract.ts'
import { toAppError } from '../../src/shared/errors.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { httpClient } from '../support/http.ts'
import { createIpcClient } from '../support/ipc.ts'
import { freePort } from '../support/ports.ts'
import { builtAgents, builtGuard, researchAndWrite, shippedScenarios } from '../support/repository.ts'

let host: Host
let http: ConsoleClient
let ipc: ConsoleClient
let runId = ''
let exchangeId = ''

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitp-console-test-'))
  host = await createHost({
    dataFolder: openDataFolder(folder),
    scenariosDir: shippedScenarios,
    agentsDir: builtAgents,
    guardFile: builtGuard,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'], AITP_FEDERATION_ALLOW_LOOPBACK: '1' },
    version: '0.0.0-test',
  })
  http = httpClient(host.port, host.bearer)
  ipc = createIpcClient(host.handlers)
  const { run_id } = await http.call('startRun', {
    scenario_ref: researchAndWrite,
    inputs: { topic: 'both' },
  })
  await followRun(http, run_id, () => undefined)
  runId = run_id
  exchangeId = String((await http.call('listExchanges', { run_id })).exchanges[0]?.exchange_id)
  return async () => {
    await host.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

const absent = '00000000-0000-4000-8000-000000000000'

interface Case {
  readonly good: () => unknown
  readonly bad: () => unknown
  readonly code: string
}

/** One good and one bad input for every call; what differs by nature from call to call is left out of the comparison. */
const cases: Record<CallName, Case | null> = {
  health: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  capabilities: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  openApi: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  metrics: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  openSession: null,
  newSessionCode: null,
  startRun: null,
  listPacks: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  listScenarios: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  getScenario: {
    good: () => ({ pack: 'intra-org', scenario_version: 'research-and-write@1.0.0' }),
    bad: () => ({ pack: 'intra-org', scenario_version: 'nothing@1.0.0' }),
    code: 'scenario_not_found',
  },
  listTemplates: {
    good: () => ({ pack: 'intra-org', scenario_version: 'research-and-write@1.0.0' }),
    bad: () => ({ pack: 'intra-org', scenario_version: 'nothing@1.0.0' }),
    code: 'scenario_not_found',
  },
  getTemplate: {
    good: () => ({ pack: 'intra-org', scenario_version: 'research-and-write@1.0.0', name: 'trust-strict' }),
    bad: () => ({ pack: 'intra-org', scenario_version: 'research-and-write@1.0.0', name: 'nothing' }),
    code: 'scenario_not_found',
  },
  cpTcts: { good: () => ({ active: 'true' }), bad: () => ({ limit: 0 }), code: 'invalid_body' },
  cpDelegations: { good: () => ({ limit: 5 }), bad: () => ({ active: 'maybe' }), code: 'invalid_body' },
  cpReplay: {
    good: () => ({ session_id: absent }),
    bad: () => ({ session_id: absent, limit: -1 }),
    code: 'invalid_body',
  },
  cpDashboard: { good: () => ({ window: '7d' }), bad: () => ({ range: '7d' }), code: 'invalid_body' },
  cpAgents: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  cpTrustAnchors: { good: () => ({ namespace: 'n' }), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  cpPinnedKeys: { good: () => ({ namespace: 'n' }), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  runCpAudit: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  runCpSessions: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  runCpDeliveries: {
    good: () => ({ run_id: runId }),
    bad: () => ({ run_id: absent }),
    code: 'run_not_found',
  },
  listRuns: {
    good: () => ({ scenario: 'intra-org/', since: '2026-01-01', order: 'newest', limit: 1 }),
    bad: () => ({ since: 'yesterday' }),
    code: 'invalid_body',
  },
  deleteRun: null,
  exportRun: {
    good: () => ({ run_id: runId, exchanges: 'none' }),
    bad: () => ({ run_id: absent }),
    code: 'run_not_found',
  },
  importRun: null,
  getRun: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  getRunStatus: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  narrateRun: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  cancelRun: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  pauseRun: null,
  resumeRun: null,
  stepRun: null,
  listExchanges: { good: () => ({ run_id: runId }), bad: () => ({ run_id: absent }), code: 'run_not_found' },
  getExchange: {
    good: () => ({ run_id: runId, exchange_id: exchangeId }),
    bad: () => ({ run_id: runId, exchange_id: 'ffffffffffffffff' }),
    code: 'exchange_not_found',
  },
  listAgents: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  hostAgent: null,
  listHostedAgents: { good: () => ({}), bad: () => ({ extra: 1 }), code: 'invalid_body' },
  getHostedAgent: null,
  stopHostedAgent: null,
  resolveAndHandshake: null,
  invokeFederated: null,
}

/** What was asked over both transports, and how it came out. */
const seen = new Set<string>()

async function outcome(client: ConsoleClient, name: CallName, input: unknown) {
  const transport = client === http ? 'http' : 'ipc'
  try {
    const value: unknown = await client.call(name, input as never)
    seen.add(`${name} answered over ${transport}`)
    return { value }
  } catch (thrown) {
    const { code, message, details } = toAppError(thrown)
    seen.add(`${name} refused over ${transport}`)
    return { code, message, details }
  }
}

const compared = callNames.flatMap((name) => {
  const own = cases[name]
  return own === null ? [] : [{ name, own }]
})

describe.each(compared)('$name', ({ name, own }) => {
  it('gives the same answer over HTTP and IPC, as the contract has it', async () => {
    const [overHttp, overIpc] = [await outcome(http, name, own.good()), await outcome(ipc, name, own.good())]
    expect(overHttp).toHaveProperty('value')
    expect(overIpc).toEqual(overHttp)
    expect(contract[name].output.safeParse((overHttp as { value: unknown }).value).error).toBeUndefined()
  })

  it(`refuses alike over HTTP and IPC (${own.code})`, async () => {
    const [overHttp, overIpc] = [await outcome(http, name, own.bad()), await outcome(ipc, name, own.bad())]
    expect(overHttp).toMatchObject({ code: own.code })
    expect(overIpc).toEqual(overHttp)
  })
})

describe('calls that answer differently each time', () => {
  it('openSession takes a code once, on either transport', async () => {
    for (const client of [http, ipc]) {
      const { value } = await outcome(client, 'newSessionCode', {})
      const { code } = contract.newSessionCode.output.parse(value)
      expect(await outcome(client, 'newSessionCode', { extra: 1 })).toMatchObject({ code: 'invalid_body' })
      expect(await outcome(client, 'openSession', { code })).toEqual({ value: { bearer: host.bearer } })
      expect(await outcome(client, 'openSession', { code })).toMatchObject({ code: 'code_spent' })
    }
  })

  it('importRun and deleteRun do alike, and refuse alike', async () => {
    const text = await http.call('exportRun', { run_id: runId })
    expect(await outcome(http, 'importRun', { text })).toMatchObject({ code: 'run_id_taken' })
    const other = text.replaceAll(runId, absent)
    const results = []
    for (const client of [http, ipc]) {
      results.push([
        await outcome(client, 'importRun', { text: other.slice(0, -20) }),
        await outcome(client, 'importRun', { text: other }),
        await outcome(client, 'deleteRun', { run_id: absent }),
        await outcome(client, 'deleteRun', { run_id: absent }),
      ])
    }
    expect(results[0]).toMatchObject([
      { code: 'import_invalid' },
      { value: { run_id: absent, status: 'success' } },
      { value: { deleted: absent } },
      { code: 'run_not_found' },
    ])
    expect(results[1]).toEqual(results[0])
  })

  it('startRun refuses alike, before anything starts', async () => {
    const before = (await http.call('listRuns', {})).runs.length
    const bad = [
      [{ scenario_ref: 'intra-org/none@1.0.0' }, 'scenario_not_found'],
      [{ scenario_ref: researchAndWrite, inputs: { style: 'loud', topic: 'x' } }, 'invalid_inputs'],
      [{ scenario_ref: researchAndWrite, inputs: { topic: 7 } }, 'invalid_inputs'],
      [{ scenario_ref: researchAndWrite, inputs: { topic: 'x' }, template: 'none' }, 'template_not_found'],
      [{ scenario_ref: researchAndWrite, inputs: { topic: 'x' }, run_id: 'not-a-uuid' }, 'invalid_body'],
      [{ inputs: {} }, 'invalid_body'],
      [{ scenario_ref: researchAndWrite, inputs: { topic: 'x' }, run_id: runId }, 'run_id_taken'],
    ] as const
    for (const [input, code] of bad) {
      const overHttp = await outcome(http, 'startRun', input)
      expect(overHttp).toMatchObject({ code })
      expect(await outcome(ipc, 'startRun', input)).toEqual(overHttp)
    }
    expect((await http.call('listRuns', {})).runs).toHaveLength(before)
  })

  it('a run is started, held up, let go and ended alike', async () => {
    const results = []
    for (const client of [http, ipc]) {
      const { value } = await outcome(client, 'startRun', {
        scenario_ref: researchAndWrite,
        inputs: { topic: 'x' },
        paused: true,
      })
      const { run_id } = contract.startRun.output.parse(value)
      const control = []
      for (const name of ['stepRun', 'resumeRun', 'pauseRun'] as const) {
        control.push(await outcome(client, name, { run_id }))
      }
      await client.call('cancelRun', { run_id })
      for (const name of ['stepRun', 'resumeRun', 'pauseRun'] as const) {
        control.push(await outcome(client, name, { run_id }))
      }
      results.push(
        JSON.parse(JSON.stringify(control).replaceAll(run_id, 'RUN').replaceAll('pending', 'running')),
      )
    }
    expect(results[0]).toMatchObject([
      { value: { run_id: 'RUN', paused: true } },
      { value: { run_id: 'RUN', paused: false } },
      { value: { run_id: 'RUN', paused: true } },
      { code: 'run_not_running' },
      { code: 'run_not_running' },
      { code: 'run_not_running' },
    ])
    expect(results[1]).toEqual(results[0])
  })

  it('agents are hosted, asked, called with and stopped alike', async () => {
    const asked = []
    for (const client of [http, ipc]) {
      const port = await freePort()
      const { value } = await outcome(client, 'hostAgent', {
        ref: '_shared/agents/analyzer',
        public_host: `localhost:${port}`,
        port,
      })
      const peer = contract.hostAgent.output.parse(value)
      const own = await client.call('hostAgent', {
        ref: '_shared/agents/researcher',
        public_host: 'agents.example',
        public_scheme: 'https',
      })
      const { hosted_id } = own
      expect(await outcome(client, 'getHostedAgent', { hosted_id })).toEqual({ value: own })
      const trust = await outcome(client, 'resolveAndHandshake', { hosted_id, peer_did: peer.did })
      expect(contract.resolveAndHandshake.output.parse(trust.value).peer_aid).toBe(peer.aid)
      const call = { hosted_id, peer_aid: peer.aid, capability: 'analyze.data', payload: 'numbers' }
      expect(await outcome(client, 'invokeFederated', call)).toMatchObject({
        value: { result: { agent: 'analyzer' } },
      })
      expect(await outcome(client, 'stopHostedAgent', { hosted_id })).toEqual({
        value: { stopped: hosted_id },
      })
      await client.call('stopHostedAgent', { hosted_id: peer.hosted_id })
      const gone = { hosted_id: 'gone' }
      asked.push([
        await outcome(client, 'hostAgent', { ref: '_shared/agents/none', public_host: 'a.example' }),
        await outcome(client, 'getHostedAgent', gone),
        await outcome(client, 'stopHostedAgent', gone),
        await outcome(client, 'resolveAndHandshake', { ...gone, peer_did: 'did:web:a.example' }),
        await outcome(client, 'invokeFederated', { ...gone, peer_port: 1, capability: 'x' }),
      ])
    }
    expect(asked[0]).toMatchObject([
      { code: 'agent_manifest_not_found' },
      { code: 'hosted_agent_not_found' },
      { code: 'hosted_agent_not_found' },
      { code: 'hosted_agent_not_found' },
      { code: 'hosted_agent_not_found' },
    ])
    expect(asked[1]).toEqual(asked[0])
  })

  it('leave no call of the contract out', () => {
    const everything = callNames.flatMap((name) =>
      ['answered over http', 'answered over ipc', 'refused over http', 'refused over ipc'].map(
        (how) => `${name} ${how}`,
      ),
    )
    expect(everything.filter((one) => !seen.has(one))).toEqual([])
  })
})

describe.each(streamNames)('%s', (name) => {
  const read = (client: ConsoleClient, afterSeq: number) =>
    new Promise<RunEvent[]>((resolve, reject) => {
      const events: RunEvent[] = []
      client.subscribe(
        name,
        { run_id: runId, after_seq: afterSeq },
        {
          item: (event) => events.push(event),
          end: () => resolve(events),
          error: (body) => reject(new Error(body.error.code)),
        },
      )
    })

  it('gives the same events over HTTP and IPC, from any seq on, each as the contract has it', async () => {
    const { events } = await http.call('getRun', { run_id: runId })
    expect(await read(http, 0)).toEqual(events)
    expect(await read(ipc, 0)).toEqual(events)
    expect(await read(http, 10)).toEqual(events.slice(10))
    expect(await read(ipc, 10)).toEqual(events.slice(10))
    for (const event of events) expect(contract[name].item.safeParse(event).error).toBeUndefined()
  })

  it('refuses an unknown run alike', async () => {
    const refusal = (client: ConsoleClient) =>
      new Promise((resolve) => {
        client.subscribe(
          name,
          { run_id: absent },
          { item: () => undefined, end: () => resolve('end'), error: resolve },
        )
      })
    expect(await refusal(http)).toMatchObject({ error: { code: 'run_not_found' } })
    expect(await refusal(ipc)).toEqual(await refusal(http))
  })
})
