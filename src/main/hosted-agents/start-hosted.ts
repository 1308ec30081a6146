import { randomBytes } from 'node:crypto'
import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { AppError } from '../../shared/errors.ts'
import type { HostAgent, HostedAgent } from '../../shared/hosted-agents.ts'
import { TrustSpec } from '../../shared/scenario.ts'
import { type Leases, launchAgent } from '../hosting/launch-agent.ts'
import type { Worker } from '../hosting/supervisor.ts'
import { agentBootstrap } from '../runner/agent-bootstrap.ts'
import type { RunLog } from '../store/event-log.ts'
import { didOf } from '../trust/did-web.ts'
import { manifestPath } from '../trust/discovery.ts'
import { mintMockIssuer } from '../trust/oidc-issuer.ts'
import { endHosted, type Hosting } from './end-hosted.ts'
import type { HostedAgentParts } from './hosted-agent-parts.ts'

export interface HostingWish {
  readonly request: HostAgent
  readonly manifest: AgentManifestFile
  readonly publicHost: string
  readonly scheme: 'http' | 'https'
}

const trust = TrustSpec.parse({ boundary: 'cross_org', discovery: 'did_web', eager: false })

/** Starts an agent and a record for what it tells. Whatever fails, the record says so and nothing is left. */
export async function startHosted(parts: HostedAgentParts, wish: HostingWish): Promise<Hosting> {
  const { request, manifest, publicHost, scheme } = wish
  const hostedId = randomBytes(6).toString('hex')
  const runId = `hosted-${hostedId}`
  const agentId = (request.ref.split('/').at(-1) ?? request.ref).replace(/\.ya?ml$/, '')
  const origin = `${scheme}://${publicHost}`
  const workers = new Set<Worker>()
  const leases: Leases = []
  const log = openRecord(parts, { runId, agentId, wish, origin })
  const traceId = randomBytes(16).toString('hex')
  const operation = log.begin([])
  operation.append({
    type: 'run.started',
    scenario_ref: `hosted/${agentId}`,
    template: null,
    trace_id: traceId,
  })
  const port = request.port ?? parts.hostedPorts.allocate(0)
  if (request.port === undefined) leases.push(() => parts.hostedPorts.release(port))
  operation.append({ type: 'agent.spawning', agent_id: agentId, port: port === 0 ? null : port })
  const spec = {
    id: agentId,
    org: 'external',
    did_web_host: publicHost,
    signing_suite: request.signing_suite ?? null,
  } as const
  const context = { runId, inputs: request.inputs, controlPlane: parts.controlPlanes.of(undefined) }
  try {
    const agent = await launchAgent(parts, {
      log,
      agentId,
      manifest,
      port,
      publicOrigin: origin,
      bootstrap: (listening) =>
        agentBootstrap(context, spec, manifest, {
          ...listening,
          trust,
          workspaceSecret: parts.dataFolder.workspaceSecret,
          hasPublicKeys: false,
          telemetryUrl: parts.telemetryUrl(),
          revocation: parts.revocation,
          issuer: manifest.spec.aitp.identity_type === 'oidc' ? mintMockIssuer() : null,
        }),
      leases,
      onSpawn: (worker) => void workers.add(worker),
      signal: parts.signal,
    })
    const { aid, worker } = agent
    const { pid, peerPort } = worker
    if (request.port !== undefined && peerPort !== request.port) {
      throw new AppError('port_in_use', `Port ${request.port} is taken by another program.`)
    }
    operation.append({ type: 'agent.ready', agent_id: agentId, aid, port: peerPort, pid })
    parts.store.setAgents(runId, [{ ...planned(wish, agentId), pid, aid, port: peerPort }])
    const about: HostedAgent = {
      hosted_id: hostedId,
      run_id: runId,
      agent_id: agentId,
      ref: request.ref,
      port: peerPort,
      aid,
      did: didOf(publicHost),
      origin,
      manifest_url: `${origin}${manifestPath}`,
      handshake_url: `${origin}/aitp/handshake/`,
      did_document_url: `${origin}/.well-known/did.json`,
    }
    return { about, agent, log, traceId, workers, leases }
  } catch (error) {
    const failure = launchFailure(error)
    await endHosted(parts, { log, workers, leases }, failure)
    throw failure
  }
}

interface NewRecord {
  readonly runId: string
  readonly agentId: string
  readonly wish: HostingWish
  readonly origin: string
}

/** A record of its own, so that what the agent tells has a place (B-28). */
function openRecord({ store, logs }: HostedAgentParts, { runId, agentId, wish, origin }: NewRecord): RunLog {
  store.create({
    run_id: runId,
    scenario_ref: `hosted/${agentId}`,
    run_label: `${wish.manifest.spec.aitp.display_name} at ${origin}`,
    template: null,
    inputs: wish.request.inputs,
    cp: 'off',
    created_at: Date.now() / 1000,
  })
  store.setAgents(runId, [planned(wish, agentId)])
  store.start(runId)
  return logs.open(runId)
}

function planned({ manifest, request }: HostingWish, agentId: string) {
  const { display_name, offered_caps, signing_suite } = manifest.spec.aitp
  return {
    agent_id: agentId,
    pid: null,
    aid: null,
    port: null,
    display_name,
    org: 'external',
    signing_suite: request.signing_suite ?? signing_suite,
    offered_caps,
    remote: false,
  } as const
}

/** As the route answers it: everything about the start of an agent is 502, but for a port that was asked for. */
function launchFailure(error: unknown): AppError {
  if (error instanceof AppError && (error.code === 'port_in_use' || error.code === 'scenario_invalid'))
    return error
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('agent_unreachable', message, { cause: error })
}
