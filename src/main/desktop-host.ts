import type { Handlers } from '../shared/contract.ts'
import { relayHandlers } from './api/relay-handlers.ts'
import { openConsole } from './attach.ts'
import { defaultPort, portNumber, portsOf } from './cli/console-options.ts'
import { defaultDataFolder } from './data-folder.ts'
import type { ShippedPaths } from './paths.ts'

export interface DesktopHost {
  readonly dataDir: string
  readonly handlers: Handlers
  close(): Promise<void>
}

/** The host behind the window: our own, or the one that already serves this data folder. */
export async function openDesktopHost(paths: ShippedPaths, version: string): Promise<DesktopHost> {
  const environment = process.env
  const dataDir = defaultDataFolder(environment)
  const opened = await openConsole({
    dataDir,
    scenariosDir: environment['SCENARIOS_DIR'] || paths.scenarios,
    agentsDir: paths.agents,
    guardFile: paths.guard,
    // The window has its own protocol; `serve` may still open a browser on this host.
    pagesDir: paths.pages,
    port: { from: portNumber(environment['PORT'] ?? String(defaultPort), 'PORT') },
    ...portsOf(environment),
    environment,
    version,
    asked: {},
  })
  const handlers = opened.host?.handlers ?? relayHandlers(opened.client)
  return { dataDir, handlers, close: () => opened.close() }
}
