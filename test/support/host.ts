import { beforeAll, onTestFinished } from 'vitest'
import type { Host, HostConfig } from '../../src/main/host.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { makeFolder, temporaryFolder } from './folders.ts'
import { openHost } from './open-host.ts'

/** A host of its own for one test, on ports that the system chooses. */
export async function startHost(changes: Partial<HostConfig> = {}): Promise<Host> {
  const host = await openHost(temporaryFolder(), changes)
  onTestFinished(() => host.close())
  return host
}

export interface SharedHost {
  readonly host: Host
  readonly client: ConsoleClient
  /** The data folder; nothing in it outlives the host. */
  readonly folder: string
}

/**
 * One host for all tests of a file, or of a group; there from the first test on.
 *
 * @param prepare is given the data folder before the host opens it
 */
export function sharedHost(
  prepare: (folder: string) => Partial<HostConfig> | Promise<Partial<HostConfig>> = () => ({}),
): () => SharedHost {
  let shared: SharedHost | null = null
  beforeAll(async () => {
    const { folder, remove } = makeFolder()
    const host = await openHost(folder, await prepare(folder))
    shared = { host, client: createLocalClient(host.handlers), folder }
    return async () => {
      await host.close()
      remove()
    }
  })
  return () => {
    if (shared === null) throw new Error('the host is there only while tests run')
    return shared
  }
}
