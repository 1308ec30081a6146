import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import { AppError } from '../../shared/errors.ts'
import { confine } from '../registry/confined-file.ts'
import type { LaunchSpec } from './supervisor.ts'

/** Where programs are looked for. */
export interface ProgramPlaces {
  /** Where the bundled workers lie. */
  readonly agentsDir: string
  readonly guardFile: string
  readonly scenariosDir: string
  readonly environment: NodeJS.ProcessEnv
}

/** What is started for an agent. */
export type WorkerProgram = Pick<LaunchSpec, 'file' | 'args' | 'cwd' | 'command' | 'leadsGroup'>

/**
 * The program behind an agent manifest: a worker that ships with the console, or somebody else's under the guard.
 * Throws `scenario_invalid` for a working directory that is not there or lies outside.
 */
export function workerProgram(
  agentId: string,
  { spec: { entrypoint, host } }: AgentManifestFile,
  { agentsDir, guardFile, scenariosDir, environment }: ProgramPlaces,
): WorkerProgram {
  if (entrypoint.type === 'bundled') return { file: bundledWorker(agentsDir, entrypoint.value) }
  const python = environment['AGENT_PYTHON']
  const program = python && /^python3?$/.test(entrypoint.value) ? python : entrypoint.value
  return {
    file: guardFile,
    args: [program, ...entrypoint.args],
    cwd: workingDirectory(agentId, host.cwd, scenariosDir),
    command: [program, ...entrypoint.args].join(' '),
    leadsGroup: true,
  }
}

/** A worker that is not there, and a folder that is none, are told before anything starts. */
export function requireProgram(agentId: string, manifest: AgentManifestFile, places: ProgramPlaces): void {
  const { file } = workerProgram(agentId, manifest, places)
  if (existsSync(file)) return
  throw new AppError(
    'agent_manifest_not_found',
    `Agent ${agentId} is to be the worker ${manifest.spec.entrypoint.value}, and there is no such worker.`,
  )
}

/** Where a bundled worker lies. */
export function bundledWorker(agentsDir: string, name: string): string {
  return join(agentsDir, `${name}.cjs`)
}

/** A folder below the one that holds the scenarios root, with no link that leads out of it. */
function workingDirectory(agentId: string, cwd: string, scenariosDir: string): string {
  const refuse = (reason: string): never => {
    throw new AppError('scenario_invalid', `Agent ${agentId} is to be started in ${cwd}, ${reason}.`)
  }
  const base = dirname(realpathSync(scenariosDir))
  const inside = confine(cwd) ?? refuse(`which lies outside ${base}`)
  const folder = realFolder(resolve(base, inside)) ?? refuse(`and there is no such folder in ${base}`)
  return folder === base || folder.startsWith(base.endsWith(sep) ? base : base + sep)
    ? folder
    : refuse(`a link that leads out of ${base}`)
}

function realFolder(path: string): string | null {
  try {
    const real = realpathSync(path)
    return statSync(real).isDirectory() ? real : null
  } catch {
    return null
  }
}
