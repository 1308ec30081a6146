import { onTestFinished } from 'vitest'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { createHost, type Host, type HostConfig } from '../../src/main/host.ts'
import { temporaryFolder } from './folders.ts'
import { builtAgents, builtGuard, shippedScenarios } from './repository.ts'

/** A host of its own for one test, on ports that the system chooses. */
export async function startHost(changes: Partial<HostConfig> = {}): Promise<Host> {
  const host = await createHost({
    dataFolder: openDataFolder(temporaryFolder()),
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
  onTestFinished(() => host.close())
  return host
}
