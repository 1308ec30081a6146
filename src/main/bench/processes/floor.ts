import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { type AgentProcess, startChildProcess } from '../../hosting/agent-process.ts'
import { workerEnvironment } from '../../hosting/worker-environment.ts'
import { type ShippedPaths, shippedBareAgent } from '../../paths.ts'
import { inSlots } from '../../runner/in-slots.ts'
import { type BareRequest, send } from './bare-request.ts'
import type { Requests, Round, Workload } from './workload.ts'

/** What one handshake costs in requests: the messages between the two agents, and what each reports to the host. */
export interface HandshakePattern {
  readonly messages: number
  readonly reports: number
}

/** How `requests` of ours spread over its handshakes. */
export function patternOf(
  { agents, mesh }: Workload,
  { agentToAgent, agentToHost }: Requests,
): HandshakePattern {
  const handshakes = mesh ? agents * (agents - 1) : 0
  if (handshakes === 0) return { messages: 0, reports: 0 }
  return {
    messages: Math.round(agentToAgent / handshakes),
    reports: Math.round(agentToHost / handshakes),
  }
}

interface BareAgent {
  readonly url: string
}

/**
 * The same number of bare processes, started as many at a time, sending the same requests to each other and to a bare
 * host: nothing is signed, judged, captured or stored.
 */
export async function runFloor(
  workload: Workload,
  pattern: HandshakePattern,
  paths: ShippedPaths,
  folder: string,
): Promise<Round> {
  const host = await startBareHost()
  const { port } = host.address() as AddressInfo
  const report: BareRequest = { url: `http://127.0.0.1:${port}`, first: [] }
  const started: AgentProcess[] = []
  const requests = { hostToAgent: 0, agentToAgent: 0, agentToHost: 0 }
  const ask = async (request: BareRequest) => {
    requests.hostToAgent += 1
    await send(request)
  }
  try {
    const begin = performance.now()
    const agents: BareAgent[] = []
    await inSlots(
      Array.from({ length: workload.agents }, (_, at) => at),
      2 * availableParallelism(),
      async () => {
        const agent = await startBareAgent(paths, folder, started)
        // The look at the manifest.
        await ask({ url: agent.url, first: [] })
        agents.push(agent)
      },
    )
    // The introduction of the peers.
    await Promise.all(agents.map(({ url }) => ask({ url, first: [] })))
    const introduced = performance.now()
    for (const { from, to } of workload.mesh ? pairsOf(agents) : []) {
      await ask(handshake(from, to, report, pattern))
      requests.agentToAgent += pattern.messages
      requests.agentToHost += pattern.reports
    }
    const trusted = performance.now()
    await Promise.all(started.map((agent) => agent.stop(3_000)))
    const end = performance.now()
    return { startMs: introduced - begin, trustMs: trusted - introduced, stopMs: end - trusted, requests }
  } finally {
    await Promise.all(started.map((agent) => agent.stop(0)))
    host.closeAllConnections()
    host.close()
  }
}

/** The receiver of a message reports once before it answers; what is left of the reports is the sender's. */
function handshake(
  from: BareAgent,
  to: BareAgent,
  report: BareRequest,
  { messages, reports }: HandshakePattern,
): BareRequest {
  const received = Math.min(messages, reports)
  const exchanges = Array.from({ length: messages }, (_, at) => ({
    url: to.url,
    first: at < received ? [report] : [],
  }))
  const own = Array.from({ length: reports - received }, () => report)
  return { url: from.url, first: [...exchanges, ...own] }
}

function pairsOf(agents: readonly BareAgent[]): { from: BareAgent; to: BareAgent }[] {
  return agents.flatMap((from, index) =>
    agents.slice(index + 1).flatMap((to) => [
      { from, to },
      { from: to, to: from },
    ]),
  )
}

async function startBareAgent(
  paths: ShippedPaths,
  folder: string,
  started: AgentProcess[],
): Promise<BareAgent> {
  const listening = Promise.withResolvers<string>()
  const agent = await startChildProcess({
    file: shippedBareAgent(paths),
    environment: workerEnvironment(process.env, { NODE_COMPILE_CACHE: join(folder, 'floor') }, 'foreign'),
    onLine: (stream, line) => {
      if (stream === 'stdout') listening.resolve(line)
    },
  })
  started.push(agent)
  agent.exited.then(
    () => listening.reject(new Error('a bare agent ended before it listened')),
    listening.reject,
  )
  return { url: `http://127.0.0.1:${await listening.promise}` }
}

function startBareHost(): Promise<Server> {
  const app = express()
  app.use(express.json({ limit: '8mb' }))
  app.use((_request, response) => void response.json({}))
  const server = createServer(app)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
