import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ControlPlaneChoice } from '../shared/run.ts'
import type { DataFolder } from './data-folder.ts'
import { writePrivateFile } from './private-file.ts'
import { takeLock } from './process-lock.ts'

/** `host.json`: how other commands reach the host of this data folder. */
export const HostFile = z.object({
  pid: z.int(),
  port: z.int(),
  bearer: z.string(),
  scenarios: z.string(),
  /** The Control Plane of runs that choose none. */
  cp: ControlPlaneChoice,
  loosened: z.object({ noBearer: z.literal(true).optional(), listen: z.string().optional() }),
  version: z.string(),
})
export type HostFile = z.infer<typeof HostFile>

/** The right to be the one host of a data folder. */
export interface HostClaim {
  publish(file: HostFile): void
  release(): Promise<void>
}

/** Claims the data folder, or returns `null` when another process holds it. */
export function claimHost(folder: DataFolder): HostClaim | null {
  const lock = takeLock(join(folder.root, 'host.lock'))
  if (lock === null) return null
  return {
    publish: (file) => writePrivateFile(folder.hostFile, JSON.stringify(file)),
    async release() {
      await rm(folder.hostFile, { force: true })
      lock.release()
    },
  }
}

/** Reads how to reach the live host; `null` while it has not said. */
export async function readHostFile(file: string): Promise<HostFile | null> {
  try {
    return HostFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}
