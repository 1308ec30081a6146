import { openDataFolder } from '../../src/main/data-folder.ts'
import { createHost, type Host, type HostConfig } from '../../src/main/host.ts'
import { builtAgents, builtGuard, shippedScenarios } from './repository.ts'

/** A host with its data in `folder`, on ports that the system chooses. Whoever asked for it closes it. */
export function openHost(folder: string, changes: Partial<HostConfig> = {}): Promise<Host> {
  return createHost({
    dataFolder: openDataFolder(folder),
    scenariosDir: shippedScenarios,
    agentsDir: builtAgents,
    guardFile: builtGuard,
    pagesDir: null,
    port: { from: 0 },
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'] },
    version: '0.0.0-test',
    ...changes,
  })
}
