import { join } from 'node:path'
import { type OpenConsole, openConsole } from '../../src/main/attach.ts'
import { makeFolder } from './folders.ts'
import { builtAgents, builtGuard } from './repository.ts'
import { type ScenarioWish, writeScenarioTree } from './scenario-tree.ts'

/** A console in this process, in a data folder of its own that commands can attach to. */
export interface ConsoleUp {
  readonly opened: OpenConsole
  readonly home: string
  close(): Promise<void>
}

/** Whoever asked for it closes it. */
export async function openConsoleUp(wish: ScenarioWish): Promise<ConsoleUp> {
  const { folder, remove } = makeFolder()
  const home = join(folder, 'home')
  const opened = await openConsole({
    dataDir: home,
    scenariosDir: writeScenarioTree(join(folder, 'scenarios'), wish),
    agentsDir: builtAgents,
    guardFile: builtGuard,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'] },
    version: '0.0.0-test',
    asked: {},
  })
  return {
    opened,
    home,
    async close() {
      await opened.close()
      remove()
    },
  }
}
