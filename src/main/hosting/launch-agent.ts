import type { Aitp } from '../../aitp/index.ts'
import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import type { BootstrapFile } from '../../shared/bootstrap.ts'
import type { DataFolder } from '../data-folder.ts'
import type { TelemetryDesk } from '../observability/telemetry-desk.ts'
import type { RunLog } from '../store/event-log.ts'
import { checkPublishedManifest } from '../trust/pin-check.ts'
import type { AdminTarget } from './admin-client.ts'
import { removeBootstrapFile, writeBootstrapFile } from './bootstrap-file.ts'
import { secretsOfAgent } from './redact-output.ts'
import type { Supervisor, Worker } from './supervisor.ts'
import { startTap, type Tap } from './tap.ts'
import { workerEnvironment } from './worker-environment.ts'
import { type ProgramPlaces, workerProgram } from './worker-program.ts'

/** What every agent of this host is started with. */
export interface AgentStarter extends ProgramPlaces {
  readonly aitp: Aitp
  readonly supervisor: Supervisor
  readonly telemetry: TelemetryDesk
  readonly dataFolder: Pick<DataFolder, 'bootstrap' | 'compileCache'>
  readonly telemetryUrl: () => string
}

/** An agent once its process listens. */
export interface RunningAgent extends AdminTarget {
  readonly aid: string
  readonly worker: Worker
}

/** What has to be given back once the agents are gone. */
export type Leases = (() => void | Promise<void>)[]

export async function giveBack(leases: Leases): Promise<void> {
  await Promise.all(leases.splice(0).map((lease) => lease()))
}

/** Where an agent is to listen. */
export interface ListeningTerms {
  /** 0 lets it choose. */
  readonly port: number
  /** Where its peers reach it; `null`: where it listens. */
  readonly publicOrigin: string | null
}

export interface AgentLaunch {
  readonly log: RunLog
  readonly agentId: string
  readonly manifest: AgentManifestFile
  /** Where peers are to reach it; another when that is taken. */
  readonly port: number
  /** Under which name beyond this machine, if any. */
  readonly publicOrigin: string | null
  readonly bootstrap: (terms: ListeningTerms) => BootstrapFile
  readonly leases: Leases
  readonly onSpawn: (worker: Worker) => void
  readonly signal: AbortSignal
}

/**
 * Starts an agent and waits until it listens with the identity that its ready line shows. Rejects with
 * `agent_spawn_error`, `agent_start_timeout` or `scenario_invalid`.
 */
export async function launchAgent(starter: AgentStarter, launch: AgentLaunch): Promise<RunningAgent> {
  const { agentId, manifest, log, leases, signal } = launch
  const program = workerProgram(agentId, manifest, starter)
  const tap = await tapFor(starter, launch)
  const bootstrap = launch.bootstrap(
    tap === null
      ? { port: launch.port, publicOrigin: launch.publicOrigin }
      : { port: 0, publicOrigin: launch.publicOrigin ?? `http://127.0.0.1:${tap.port}` },
  )
  const { secrets } = bootstrap
  const file = writeBootstrapFile(starter.dataFolder.bootstrap, bootstrap)
  leases.push(() => removeBootstrapFile(file))
  starter.telemetry.admit(secrets.telemetry, { log, agentId })
  const environment = environmentOf(starter, manifest, {
    AITP_BOOTSTRAP_FILE: file,
    AGENT_PORT: String(bootstrap.port),
  })
  const worker = await starter.supervisor.launch(
    {
      ...program,
      runId: log.runId,
      agentId,
      ...(tap === null ? {} : { peerPort: tap.port }),
      environment,
      secrets: secretsOfAgent(bootstrap, environment),
      startupTimeoutMs: manifest.spec.host.startupTimeoutMs,
      onSpawn: launch.onSpawn,
    },
    signal,
  )
  const { port, aid, ended } = worker
  tap?.aimAt(port)
  const agent: RunningAgent = { agentId, port, aid, secret: secrets.admin, gone: ended, worker }
  await checkPublishedManifest(starter.aitp, agent, signal)
  return agent
}

/** In front of a program that does not report its exchanges itself; `null` for all others. */
async function tapFor(
  { aitp, telemetry }: AgentStarter,
  { agentId, log, manifest, port, publicOrigin, leases }: AgentLaunch,
): Promise<Tap | null> {
  const { entrypoint } = manifest.spec
  if (entrypoint.type !== 'command' || entrypoint.captures) return null
  const tap = await startTap({
    aitp,
    port,
    publicHosts: publicOrigin === null ? [] : [new URL(publicOrigin).host],
    record: (capture) => telemetry.witness({ log, agentId }, capture),
  })
  leases.push(() => tap.close())
  return tap
}

function environmentOf(
  { environment, dataFolder }: AgentStarter,
  { spec: { entrypoint, host } }: AgentManifestFile,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  if (entrypoint.type === 'bundled') {
    return workerEnvironment(
      environment,
      { ...own, NODE_COMPILE_CACHE: dataFolder.compileCache },
      'generates',
    )
  }
  const wanted = Object.entries(host.env).map(([name, value]) => [name, String(value)])
  // Else the ready line of a Python program waits in its buffer for more.
  const given = { PYTHONUNBUFFERED: '1', ...Object.fromEntries(wanted), ...own }
  return workerEnvironment(environment, given, 'foreign')
}
