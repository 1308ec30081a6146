import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Aitp } from '../../aitp/index.ts'
import { PeersAccepted } from '../../shared/admin.ts'
import type { BootstrapFile } from '../../shared/bootstrap.ts'
import type { AgentSpec } from '../../shared/scenario.ts'
import type { DataFolder } from '../data-folder.ts'
import { askAgent } from '../hosting/admin-client.ts'
import { removeBootstrapFile, writeBootstrapFile } from '../hosting/bootstrap-file.ts'
import type { PortAllocator } from '../hosting/ports.ts'
import { agentSeed } from '../hosting/seeds.ts'
import type { Supervisor } from '../hosting/supervisor.ts'
import { workerEnvironment } from '../hosting/worker-environment.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import { checkPublishedManifest } from '../trust/pin-check.ts'
import type { RunContext, RunningAgent } from './run-context.ts'

export interface AgentStarter {
  readonly aitp: Aitp
  readonly supervisor: Supervisor
  readonly ports: PortAllocator
  readonly telemetry: TelemetryDesk
  readonly dataFolder: DataFolder
  /** Where the bundled workers lie. */
  readonly agentsDir: string
  readonly telemetryUrl: () => string
  readonly environment: NodeJS.ProcessEnv
}

/** What has to be given back when the run ends. */
export interface Leases {
  readonly ports: number[]
  readonly files: string[]
}

/**
 * Starts every agent of the run, at most two a core at a time, and waits until each listens with the identity its
 * ready line shows.
 *
 * @returns the `seq`s of the `agent.ready` events
 */
export async function startAgents(
  context: RunContext,
  starter: AgentStarter,
  leases: Leases,
  causeSeq: readonly number[],
  onReady: () => void,
): Promise<number[]> {
  const waiting = [...context.scenario.scenario.spec.agents]
  const ready: number[] = []
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const startNext = async (): Promise<void> => {
    for (let spec = waiting.shift(); spec; spec = waiting.shift()) {
      ready.push(...(await startAgent(spec, context, starter, leases, causeSeq, signal)))
      onReady()
    }
  }
  const slots = Array.from({ length: 2 * availableParallelism() }, () =>
    startNext().catch((error: unknown) => {
      // The first failure stops the others; it alone is told.
      failed.abort(error)
      throw error
    }),
  )
  const results = await Promise.allSettled(slots)
  if (failed.signal.aborted) throw failed.signal.reason
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return ready
}

async function startAgent(
  spec: AgentSpec,
  context: RunContext,
  starter: AgentStarter,
  leases: Leases,
  causeSeq: readonly number[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  signal.throwIfAborted()
  const manifest = context.scenario.manifests[spec.id]
  if (!manifest)
    throw new TypeError(`scenario ${context.scenario.ref} resolved without a manifest for ${spec.id}`)
  const operation = context.log.begin(causeSeq)
  const port = starter.ports.allocate(spec.port_offset)
  leases.ports.push(port)
  const secrets = { admin: secret(), telemetry: secret() }
  const bootstrap: BootstrapFile = {
    run_id: context.runId,
    agent_id: spec.id,
    port,
    aitp: {
      seed_hex: agentSeed(starter.dataFolder.workspaceSecret, {
        org: spec.org,
        runId: context.runId,
        agentId: spec.id,
      }),
      display_name: manifest.spec.aitp.display_name,
      offered_caps: manifest.spec.aitp.offered_caps,
      ttl_secs: manifest.spec.aitp.ttl_secs,
      signing_suite: manifest.spec.aitp.signing_suite,
      identity_type: manifest.spec.aitp.identity_type,
    },
    playground: { telemetry_url: starter.telemetryUrl(), run_id: context.runId },
    secrets,
    inputs: { ...context.inputs },
  }
  const file = writeBootstrapFile(starter.dataFolder.bootstrap, bootstrap)
  leases.files.push(file)
  starter.telemetry.admit(secrets.telemetry, { log: context.log, agentId: spec.id })
  operation.append({ type: 'agent.spawning', agent_id: spec.id, port: port === 0 ? null : port })
  const worker = await starter.supervisor.launch(
    {
      runId: context.runId,
      agentId: spec.id,
      file: workerFile(starter.agentsDir, manifest.spec.entrypoint.value),
      environment: workerEnvironment(starter.environment, {
        ...stringValues(manifest.spec.host.env),
        AITP_BOOTSTRAP_FILE: file,
        AGENT_PORT: String(port),
        NODE_COMPILE_CACHE: starter.dataFolder.compileCache,
      }),
      startupTimeoutMs: manifest.spec.host.startupTimeoutMs,
    },
    signal,
  )
  await checkPublishedManifest(starter.aitp, worker, secrets.admin, signal)
  const agent: RunningAgent = {
    agentId: spec.id,
    port: worker.port,
    aid: worker.aid,
    secret: secrets.admin,
    gone: worker.ended,
    worker,
  }
  context.agents.set(spec.id, agent)
  operation.append({
    type: 'agent.ready',
    agent_id: spec.id,
    aid: worker.aid,
    port: worker.port,
    pid: worker.pid,
  })
  return operation.tail
}

/** Where a bundled worker lies. */
export function workerFile(agentsDir: string, name: string): string {
  return join(agentsDir, `${name}.cjs`)
}

/** Tells every agent who its peers are and which AID each must show. */
export async function introducePeers(context: RunContext, operationId: string): Promise<void> {
  await Promise.all(
    [...context.agents.values()].map((agent) =>
      askAgent(agent, {
        method: 'PUT',
        path: '/admin/peers',
        body: {
          peers: [...context.agents.values()]
            .filter((peer) => peer !== agent)
            .map((peer) => ({
              agent_id: peer.agentId,
              aid: peer.aid,
              manifest_url: context.peers.get(peer.agentId)?.manifest_url,
              did: context.peers.get(peer.agentId)?.did ?? null,
            })),
        },
        answer: PeersAccepted,
        timeoutMs: 5_000,
        operation: operationId,
        traceId: context.traceId,
        signal: context.signal,
      }),
    ),
  )
}

/** Gives back what the run's agents held. */
export function returnLeases(starter: AgentStarter, leases: Leases): void {
  for (const port of leases.ports) starter.ports.release(port)
  for (const file of leases.files) removeBootstrapFile(file)
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function stringValues(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
