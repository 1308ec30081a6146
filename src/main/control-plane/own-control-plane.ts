import { createHmac } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Aitp } from '../../aitp/index.ts'
import type { DataFolder } from '../data-folder.ts'
import { writePrivateFile } from '../private-file.ts'
import { takeLock } from '../process-lock.ts'
import { type EmbeddedControlPlane, startEmbeddedControlPlane } from './embedded/embedded-control-plane.ts'
import { defaultSettings, type LoopbackReceivers } from './embedded/settings.ts'

/** `control-plane.json`: how the Control Plane of this data folder is reached, by anybody of this user. */
const AddressFile = z.object({
  pid: z.int(),
  base_url: z.url(),
  api_key: z.string(),
  aid: z.string(),
})
type AddressFile = z.infer<typeof AddressFile>

/** The Control Plane of a data folder: run by this process, or by another one that runs it alone. */
export interface OwnControlPlane {
  readonly baseUrl: string
  readonly apiKey: string
  readonly aid: string
  /** Whether this process runs it. */
  readonly isOurs: boolean
  close(): Promise<void>
}

export interface OwnControlPlaneOptions {
  readonly aitp: Aitp
  readonly dataFolder: DataFolder
  /** The first port to try; 0 lets the system choose. */
  readonly port: number
  readonly loopbackReceivers: LoopbackReceivers
  readonly log: Logger
}

/** Starts the Control Plane of the data folder, or finds the one that runs; `null` when neither works out. */
export async function openOwnControlPlane(options: OwnControlPlaneOptions): Promise<OwnControlPlane | null> {
  const { aitp, dataFolder, port, loopbackReceivers, log } = options
  const addressFile = join(dataFolder.root, 'control-plane.json')
  const lock = takeLock(join(dataFolder.root, 'control-plane.lock'))
  if (lock === null) return attached(addressFile, log)
  const apiKey = derive(dataFolder.workspaceSecret, 'api key').toString('base64url')
  let running: EmbeddedControlPlane
  try {
    running = await startEmbeddedControlPlane({
      aitp,
      file: join(dataFolder.root, 'control-plane.db'),
      apiKey,
      seed: derive(dataFolder.workspaceSecret, 'identity'),
      port,
      log,
      settings: { webhooks: { ...defaultSettings.webhooks, loopbackReceivers } },
    })
  } catch (error) {
    lock.release()
    throw error
  }
  const { baseUrl, aid } = running
  const address: AddressFile = { pid: process.pid, base_url: baseUrl, api_key: apiKey, aid }
  writePrivateFile(addressFile, JSON.stringify(address))
  log.info({ cp: baseUrl, aid }, 'the Control Plane of this data folder listens')
  return {
    baseUrl,
    apiKey,
    aid,
    isOurs: true,
    async close() {
      rmSync(addressFile, { force: true })
      await running.close()
      lock.release()
    },
  }
}

function attached(addressFile: string, log: Logger): OwnControlPlane | null {
  try {
    const { base_url, api_key, aid } = AddressFile.parse(JSON.parse(readFileSync(addressFile, 'utf8')))
    return { baseUrl: base_url, apiKey: api_key, aid, isOurs: false, close: async () => undefined }
  } catch (err) {
    log.warn({ err }, 'another process runs the Control Plane of this data folder and does not say where')
    return null
  }
}

/** Everything secret of the Control Plane comes from the workspace's secret, so that it is the same at every start. */
function derive(workspaceSecret: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', workspaceSecret).update(`control-plane ${purpose}`).digest()
}
