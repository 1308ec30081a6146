import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { HostFile } from '../../src/main/host-claim.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { httpClient } from '../support/http.ts'
import { builtCli } from '../support/repository.ts'

/** The built program, serving a data folder in a process of its own. */
export interface ServingProcess {
  readonly client: ConsoleClient
  /** Ends it and waits until it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

export async function startServing(home: string): Promise<ServingProcess> {
  const child = spawn(process.execPath, [builtCli, 'serve', '--port', '0'], {
    env: {
      PATH: process.env['PATH'],
      AITP_CONSOLE_HOME: home,
      AGENT_BASE_PORT: '0',
      RUN_HISTORY_MAX_RUNS: 'all',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  await firstAddress(child, exited)
  const { port, bearer } = HostFile.parse(JSON.parse(readFileSync(join(home, 'host.json'), 'utf8')))
  return {
    client: httpClient(port, bearer),
    async end(signal) {
      child.kill(signal)
      await exited
    },
  }
}

/** It is printed when the host file says how to reach it. */
function firstAddress({ stdout, stderr }: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (stdout === null || stderr === null) throw new TypeError('the program has no pipes')
  const told: string[] = []
  createInterface({ input: stderr }).on('line', (line) => told.push(line))
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.startsWith('http:')) resolve()
    })
    exited.then(() => reject(new Error(`the host ended before it served:\n${told.join('\n')}`)), reject)
  })
}
