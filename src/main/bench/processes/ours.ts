import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import type { RunEvent } from '../../../shared/events.ts'
import { openDataFolder } from '../../data-folder.ts'
import { createHost } from '../../host.ts'
import { createLocalClient } from '../../local-client.ts'
import type { ShippedPaths } from '../../paths.ts'
import type { Round, Workload } from './workload.ts'

const ref = 'bench/agents@1.0.0'

/** One run of the workload on a host of its own, in a folder that outlives it, so that the compile cache does. */
export async function runOurs(
  { agents, mesh }: Workload,
  paths: ShippedPaths,
  folder: string,
): Promise<Round> {
  const scenariosDir = join(folder, 'scenarios')
  writeScenario(scenariosDir, { agents, mesh }, paths)
  const host = await createHost({
    dataFolder: openDataFolder(join(folder, 'ours')),
    scenariosDir,
    agentsDir: paths.agents,
    guardFile: paths.guard,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'] },
    version: 'bench',
  })
  const { counted, stop } = countRequests(host.port)
  try {
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('startRun', { scenario_ref: ref })
    await new Promise<void>((resolve, reject) => {
      client.subscribe(
        'runEvents',
        { run_id },
        { item: () => undefined, end: resolve, error: ({ error }) => reject(new Error(error.message)) },
      )
    })
    const { status, error, events } = await client.call('getRun', { run_id })
    if (status !== 'success') throw new Error(`the run of ${agents} agents ended as ${status}: ${error}`)
    const { exchanges } = await client.call('listExchanges', { run_id })
    return { ...phases(events), requests: { ...counted(), agentToAgent: exchanges.length } }
  } finally {
    stop()
    await host.close()
  }
}

/** Where the time of a run went, by its own clock. */
function phases(events: readonly RunEvent[]): Omit<Round, 'requests'> {
  const last = (type: RunEvent['type']) => events.findLast((event) => event.type === type)?.offset_ms ?? 0
  const introduced = last('trust.peers_resolved')
  const trusted = Math.max(introduced, last('trust.established'))
  return { startMs: introduced, trustMs: trusted - introduced, stopMs: last('run.complete') - trusted }
}

/** What this process is asked at the host's port, and what it asks itself, without a change to either. */
function countRequests(port: number) {
  let agentToHost = 0
  let hostToAgent = 0
  const onServed = (message: unknown) => {
    const { request } = message as { request: IncomingMessage }
    if (request.socket.localPort === port) agentToHost += 1
  }
  const onSent = () => {
    hostToAgent += 1
  }
  subscribe('http.server.request.start', onServed)
  subscribe('undici:request:create', onSent)
  return {
    counted: () => ({ agentToHost, hostToAgent }),
    stop: () => {
      unsubscribe('http.server.request.start', onServed)
      unsubscribe('undici:request:create', onSent)
    },
  }
}

/** JSON is YAML too. */
function writeScenario(
  root: string,
  { agents, mesh }: Omit<Workload, 'name'>,
  { scenarios }: ShippedPaths,
): void {
  cpSync(join(scenarios, '_shared'), join(root, '_shared'), { recursive: true })
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(content))
  }
  write('bench/pack.yaml', {
    apiVersion: 'aitp.dev/v1',
    kind: 'ScenarioPack',
    metadata: { slug: 'bench', name: 'Bench' },
  })
  write('bench/agents/1.0.0/scenario.yaml', {
    apiVersion: 'aitp.dev/v1',
    kind: 'ScenarioVersion',
    metadata: {
      pack: 'bench',
      scenario: 'agents',
      version: '1.0.0',
      name: 'Agents',
      summary: 'To be measured.',
    },
    spec: {
      agents: Array.from({ length: agents }, (_, at) => ({
        id: `agent-${at}`,
        ref: '_shared/agents/researcher',
      })),
      trust: { boundary: 'intra_org', eager: mesh },
    },
  })
}
