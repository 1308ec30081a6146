import { realpathSync } from 'node:fs'
import type { ConsoleClient } from '../shared/client.ts'
import { AppError } from '../shared/errors.ts'
import { createHttpClient } from '../shared/http-client.ts'
import type { ControlPlaneChoice } from '../shared/run.ts'
import { type Loosened, loopback } from './api/reach.ts'
import { hostFileOf, openDataFolder } from './data-folder.ts'
import { createHost, type Host, type HostConfig } from './host.ts'
import { claimHost, type HostFile, readHostFile } from './host-claim.ts'
import { createLocalClient } from './local-client.ts'

export interface ConsoleWish extends Omit<HostConfig, 'dataFolder'> {
  readonly dataDir: string
  /** Options that were asked for and that a live host must honour. */
  readonly asked: {
    readonly port?: number
    readonly scenarios?: string
    readonly cp?: ControlPlaneChoice
  }
}

/** A way to the one host of a data folder: our own, or the one that lives. */
export interface OpenConsole {
  readonly client: ConsoleClient
  /** Ours; `null` when attached to another process. */
  readonly host: Host | null
  readonly port: number
  /** Of the process that is the host. */
  readonly pid: number
  /** What the guard of that process leaves out. */
  readonly loosened: Loosened
  /** Ends our host once its last client has left; leaves another's alone. */
  leave(): Promise<void>
  /** Ends our host at once. */
  close(): Promise<void>
}

const attachTimeoutMs = 5_000
const answerTimeoutMs = 1_000
const pollMs = 50

/** Becomes the host of the data folder, or attaches to the process that is. */
export async function openConsole(wish: ConsoleWish): Promise<OpenConsole> {
  const scenarios = scenariosFolder(wish.scenariosDir)
  const dataFolder = openDataFolder(wish.dataDir)
  const deadline = performance.now() + attachTimeoutMs
  for (;;) {
    const claim = claimHost(dataFolder)
    if (claim) {
      const host = await createHost({ ...wish, dataFolder }).catch(async (error: unknown) => {
        await claim.release()
        throw error
      })
      const close = async () => {
        await host.close()
        await claim.release()
      }
      const { port, bearer, controlPlane: cp } = host
      try {
        const { version, loosened = {} } = wish
        claim.publish({ pid: process.pid, port, bearer, scenarios, cp, loosened, version })
      } catch (error) {
        await close()
        throw error
      }
      return {
        client: createLocalClient(host.handlers),
        host,
        port: host.port,
        pid: process.pid,
        loosened: wish.loosened ?? {},
        leave: async () => {
          await host.quiet()
          await close()
        },
        close,
      }
    }
    const live = await readHostFile(dataFolder.hostFile)
    const client = live && httpClientOf(live)
    if (live && client && (await answers(live))) {
      refuseDifference(live, wish)
      return {
        client,
        host: null,
        port: live.port,
        pid: live.pid,
        loosened: looseningOf(live),
        leave: async () => undefined,
        close: async () => undefined,
      }
    }
    if (performance.now() > deadline) {
      throw new AppError(
        'data_folder_in_use',
        `Another process holds the data folder ${dataFolder.root} and does not answer${live ? ` (pid ${live.pid})` : ''}; end it, or name another folder with --data.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The host that runs in a data folder; `null` for none, or one that does not answer. Creates nothing. */
export async function findHost(dataDir: string): Promise<HostFile | null> {
  const live = await readHostFile(hostFileOf(dataDir))
  return live !== null && (await answers(live)) ? live : null
}

function httpClientOf(live: HostFile): ConsoleClient {
  return createHttpClient({
    baseUrl: `http://127.0.0.1:${live.port}`,
    bearer: () => live.bearer,
    fetch: async (url, { signal, ...init }) => {
      try {
        return await fetch(url, { ...init, signal: signal as AbortSignal })
      } catch (cause) {
        throw new AppError('host_gone', 'The console of this data folder has ended; run the command again.', {
          cause,
        })
      }
    },
    createAbort: () => new AbortController(),
    createDecoder: () => new TextDecoder(),
  })
}

/** Whether the host takes its own bearer within a second; a stopped process takes connections and never answers. */
async function answers({ port, bearer }: HostFile): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/agents`, {
      headers: { authorization: `Bearer ${bearer}` },
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
    return response.ok
  } catch {
    return false
  }
}

function scenariosFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    throw new AppError(
      'registry_validation_error',
      `There is no scenarios folder ${path}; name one with --scenarios.`,
      { cause },
    )
  }
}

function refuseDifference(live: HostFile, { asked, loosened = {} }: ConsoleWish): void {
  const differs = (what: string, theirs: string | number, ours: string | number) =>
    new AppError(
      'host_differs',
      `The console of this data folder runs already (pid ${live.pid}) with ${what} ${theirs}, not ${ours}; end it, leave the option out, or name another folder with --data.`,
    )
  if (asked.port !== undefined && asked.port !== live.port) throw differs('port', live.port, asked.port)
  if (loosened.noBearer && !live.loosened.noBearer) throw differs('the bearer', 'required', 'dropped')
  if (loosened.listen !== undefined && loosened.listen !== live.loosened.listen) {
    throw differs('the address', live.loosened.listen ?? loopback, loosened.listen)
  }
  if (asked.cp !== undefined && asked.cp !== live.cp) {
    throw differs('the Control Plane', live.cp, asked.cp)
  }
  if (asked.scenarios !== undefined && realpathSync(asked.scenarios) !== live.scenarios) {
    throw differs('scenarios from', live.scenarios, asked.scenarios)
  }
}

function looseningOf({ loosened: { noBearer, listen } }: HostFile): Loosened {
  return { ...(noBearer ? { noBearer } : {}), ...(listen === undefined ? {} : { listen }) }
}
