import { realpathSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError } from '../../shared/errors.ts'
import type { ControlPlaneChoice } from '../../shared/run.ts'
import type { Loosened } from '../api/reach.ts'
import { findHost, type OpenConsole, openConsole } from '../attach.ts'
import { chosenFor, controlPlaneAddress } from '../control-plane/config.ts'
import { defaultDataFolder } from '../data-folder.ts'
import { warnings } from './loosened.ts'
import type { Terminal } from './terminal.ts'

/** Options of every command that needs a host. */
export interface ConsoleOptions {
  readonly data?: string
  readonly scenarios?: string
  /** Nothing but JSON: the result on standard output, an error on standard error. */
  readonly json?: true
}

/** Where the service listens, and the first port that agents ask for, unless something else was asked for. */
export const defaultPort = 8000
export const defaultAgentPort = 8100
export const defaultControlPlanePort = 4000

export function consoleOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder (default: the platform’s own, or AITP_CONSOLE_HOME)')
    .option(
      '--scenarios <dir>',
      'scenario folder (default: SCENARIOS_DIR, the one of the running console, or the one that ships with it)',
    )
}

/** The data folder a command works with; it need not be there yet. */
export function dataDir(options: ConsoleOptions, { environment }: Terminal): string {
  return options.data ?? defaultDataFolder(environment)
}

/**
 * The scenario folder a command works on: the one that is asked for, else that of the console which runs in this data
 * folder, which is told where it is not the one that ships.
 */
export async function scenariosDir(options: ConsoleOptions, terminal: Terminal): Promise<string> {
  const { environment, paths } = terminal
  const asked = options.scenarios ?? environment['SCENARIOS_DIR']
  if (asked) return asked
  const live = await findHost(dataDir(options, terminal))
  if (live === null || live.scenarios === realpathSync(paths.scenarios)) return paths.scenarios
  if (!options.json) {
    terminal.tell(`The console of this data folder runs with the scenarios in ${live.scenarios}.`)
  }
  return live.scenarios
}

/** What a command asks of the host; what it leaves open, a host that is up decides. */
export interface ServiceWish {
  readonly from: number
  readonly asked?: number | undefined
  /** The Control Plane of runs that choose none. */
  readonly cp?: ControlPlaneChoice | undefined
  readonly loosened?: Loosened
}

/** Opens the console with a command's options; `port` only where it was asked for. */
export async function openWith(
  options: ConsoleOptions,
  terminal: Terminal,
  service: ServiceWish,
): Promise<OpenConsole> {
  const { paths } = terminal
  const { cp, loosened = {} } = service
  const environment = chosenFor(terminal.environment, cp)
  const askedScenarios = options.scenarios ?? environment['SCENARIOS_DIR']
  const opened = await openConsole({
    dataDir: dataDir(options, terminal),
    scenariosDir: askedScenarios || paths.scenarios,
    agentsDir: paths.agents,
    guardFile: paths.guard,
    pagesDir: paths.pages,
    port: service.asked === undefined ? { from: service.from } : { exact: service.asked },
    ...portsOf(environment),
    loosened,
    environment,
    version: terminal.version,
    asked: {
      ...(service.asked === undefined ? {} : { port: service.asked }),
      ...(askedScenarios ? { scenarios: askedScenarios } : {}),
      ...(cp === undefined ? {} : { cp }),
    },
  })
  // Who attaches did not choose this, and may not know it.
  const isNews = opened.host === null && !options.json
  if (isNews) for (const line of warnings(opened.loosened)) terminal.tell(line)
  return opened
}

/** `--cp`, as a run's record tells it. Throws `invalid_body` for an address that is none. */
export function controlPlaneChoice(text: string): ControlPlaneChoice {
  return text === 'embedded' || text === 'off' ? text : controlPlaneAddress(text)
}

/** Where agents and the Control Plane inside listen first, as the environment has it. */
export function portsOf(environment: NodeJS.ProcessEnv): {
  readonly controlPlanePort: number
  readonly agentBasePort: number
} {
  return {
    controlPlanePort: portNumber(environment['CP_PORT'] ?? String(defaultControlPlanePort), 'CP_PORT'),
    agentBasePort: portNumber(environment['AGENT_BASE_PORT'] ?? String(defaultAgentPort), 'AGENT_BASE_PORT'),
  }
}

/** 0 to 65535; 0 lets the system choose. */
export function portNumber(text: string, name: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new AppError('usage', `${name} must be a port number from 0 to 65535, not "${text}".`)
}
