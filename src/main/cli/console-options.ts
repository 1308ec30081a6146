import type { Command } from 'commander'
import { AppError } from '../../shared/errors.ts'
import { type OpenConsole, openConsole } from '../attach.ts'
import { defaultDataFolder } from '../data-folder.ts'
import type { Terminal } from './terminal.ts'

/** Options of every command that needs a host. */
export interface ConsoleOptions {
  readonly data?: string
  readonly scenarios?: string
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
      'scenario folder (default: the one that ships with the console, or SCENARIOS_DIR)',
    )
}

/** The data folder a command works with; it need not be there yet. */
export function dataDir(options: ConsoleOptions, { environment }: Terminal): string {
  return options.data ?? defaultDataFolder(environment)
}

/** The scenario folder a command works on. */
export function scenariosDir(options: ConsoleOptions, { environment, paths }: Terminal): string {
  return options.scenarios ?? (environment['SCENARIOS_DIR'] || paths.scenarios)
}

/** Opens the console with a command's options; `port` only where it was asked for. */
export function openWith(
  options: ConsoleOptions,
  terminal: Terminal,
  service: { readonly from: number; readonly asked?: number | undefined },
): Promise<OpenConsole> {
  const { environment, paths } = terminal
  const askedScenarios = options.scenarios ?? environment['SCENARIOS_DIR']
  return openConsole({
    dataDir: dataDir(options, terminal),
    scenariosDir: scenariosDir(options, terminal),
    agentsDir: paths.agents,
    guardFile: paths.guard,
    pagesDir: paths.pages,
    port: service.asked === undefined ? { from: service.from } : { exact: service.asked },
    ...portsOf(environment),
    environment,
    version: terminal.version,
    asked: {
      ...(service.asked === undefined ? {} : { port: service.asked }),
      ...(askedScenarios ? { scenarios: askedScenarios } : {}),
    },
  })
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
