import { type DataFolder, openDataFolder } from '../../src/main/data-folder.ts'
import { createHost, type Host, type HostConfig } from '../../src/main/host.ts'
import { builtAgents, builtGuard, shippedScenarios } from './repository.ts'

/** What a host of a test is made of: ports that the system chooses, and what ships. */
export function testHost(dataFolder: DataFolder): HostConfig {
  return {
    dataFolder,
    scenariosDir: shippedScenarios,
    agentsDir: builtAgents,
    guardFile: builtGuard,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'] },
    version: '0.0.0-test',
  }
}

/** A host with its data in `folder`, unless `changes` name another. Whoever asked for it closes it. */
export function openHost(folder: string, changes: Partial<HostConfig> = {}): Promise<Host> {
  return createHost({ ...testHost(changes.dataFolder ?? openDataFolder(folder)), ...changes })
}
