import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { AgentSpec } from '../../shared/scenario.ts'
import type { RevocationConfig } from '../control-plane/config.ts'
import type { DataFolder } from '../data-folder.ts'
import { removeBootstrapFile, writeBootstrapFile } from '../hosting/bootstrap-file.ts'
import type { PortAllocator } from '../hosting/ports.ts'
import type { Supervisor } from '../hosting/supervisor.ts'
import { workerEnvironment } from '../hosting/worker-environment.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import { type MockIssuer, mintMockIssuer } from '../trust/oidc-issuer.ts'
import { checkPublishedManifest } from '../trust/pin-check.ts'
import { agentBootstrap } from './agent-bootstrap.ts'
import { inSlots } from './in-slots.ts'
import type { RunContext, RunningAgent } from './run-context.ts'

export interface AgentStarter {
  readonly supervisor: Supervisor
  readonly ports: PortAllocator
  readonly telemetry: TelemetryDesk
  readonly dataFolder: DataFolder
  /** Where the bundled workers lie. */
  readonly agentsDir: string
  readonly telemetryUrl: () => string
  readonly environment: NodeJS.ProcessEnv
  readonly revocation: RevocationConfig
}

/** What has to be given back when the run ends. */
export interface Leases {
  readonly ports: number[]
  readonly files: string[]
}

/** How the agents of one run are started. */
export interface StartTerms {
  readonly leases: Leases
  readonly hasPublicKeys: boolean
  readonly causeSeq: readonly number[]
  readonly onReady: (agent: RunningAgent) => void
}

/**
 * Starts every agent of the run that does not run elsewhere, at most two a core at a time, and waits until each listens
 * with the identity its ready line shows.
 *
 * @returns the `seq`s of the `agent.ready` events
 */
export async function startAgents(
  context: RunContext,
  starter: AgentStarter,
  terms: StartTerms,
): Promise<readonly number[]> {
  const ours = context.scenario.scenario.spec.agents.filter(({ ref }) => ref !== undefined)
  const { issuer, causeSeq } = mintIssuer(context, terms.causeSeq)
  const ready: number[] = []
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  await inSlots(ours, 2 * availableParallelism(), async (spec) => {
    try {
      ready.push(...(await startAgent(spec, context, starter, { ...terms, causeSeq }, issuer, signal)))
    } catch (error) {
      // The first failure stops the others; it alone is told.
      failed.abort(error)
      throw error
    }
  })
  return ready.length === 0 ? causeSeq : ready
}

/** One mock issuer for all OIDC agents of a run, none without such agents. */
function mintIssuer(
  { scenario, log }: RunContext,
  causeSeq: readonly number[],
): { issuer: MockIssuer | null; causeSeq: readonly number[] } {
  const needed = Object.values(scenario.manifests).some(({ spec }) => spec.aitp.identity_type === 'oidc')
  if (!needed) return { issuer: null, causeSeq }
  const issuer = mintMockIssuer()
  const operation = log.begin(causeSeq)
  operation.append({
    type: 'oidc.issuer_minted',
    result: { issuer_url: issuer.issuerUrl, kid: issuer.kid },
  })
  return { issuer, causeSeq: operation.tail }
}

async function startAgent(
  spec: AgentSpec,
  context: RunContext,
  starter: AgentStarter,
  { leases, hasPublicKeys, causeSeq, onReady }: StartTerms,
  issuer: MockIssuer | null,
  signal: AbortSignal,
): Promise<readonly number[]> {
  signal.throwIfAborted()
  const manifest = context.scenario.manifests[spec.id]
  if (!manifest)
    throw new TypeError(`scenario ${context.scenario.ref} resolved without a manifest for ${spec.id}`)
  const operation = context.log.begin(causeSeq)
  const port = starter.ports.allocate(spec.port_offset)
  leases.ports.push(port)
  const bootstrap = agentBootstrap(context, spec, manifest, {
    port,
    workspaceSecret: starter.dataFolder.workspaceSecret,
    hasPublicKeys,
    telemetryUrl: starter.telemetryUrl(),
    revocation: starter.revocation,
    issuer,
  })
  const { secrets } = bootstrap
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
      onSpawn: (spawned) => void context.workers.add(spawned),
    },
    signal,
  )
  const agent: RunningAgent = {
    agentId: spec.id,
    port: worker.port,
    aid: worker.aid,
    secret: secrets.admin,
    gone: worker.ended,
    worker,
  }
  await checkPublishedManifest(context.aitp, agent, signal)
  context.agents.set(spec.id, agent)
  onReady(agent)
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

/** Gives back what the run's agents held. */
export function returnLeases(starter: AgentStarter, leases: Leases): void {
  for (const port of leases.ports) starter.ports.release(port)
  for (const file of leases.files) removeBootstrapFile(file)
}

function stringValues(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
