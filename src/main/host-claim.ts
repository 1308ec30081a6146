import { renameSync, writeFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { DataFolder } from './data-folder.ts'

/** `host.json`: how other commands reach the host of this data folder. */
export const HostFile = z.object({
  pid: z.int(),
  port: z.int(),
  bearer: z.string(),
  scenarios: z.string(),
  version: z.string(),
})
export type HostFile = z.infer<typeof HostFile>

/** The right to be the one host of a data folder. */
export interface HostClaim {
  publish(file: HostFile): void
  release(): Promise<void>
}

/**
 * Claims the data folder, or returns `null` when another process holds it. The claim is a lock of the operating
 * system on `host.lock`, taken through SQLite: it ends with the process, however that ends, so none is ever stale.
 */
export function claimHost(folder: DataFolder): HostClaim | null {
  const lock = new DatabaseSync(join(folder.root, 'host.lock'))
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) return null
    throw error
  }
  return {
    publish(file) {
      const draft = `${folder.hostFile}.${process.pid}`
      writeFileSync(draft, JSON.stringify(file), { mode: 0o600 })
      renameSync(draft, folder.hostFile)
    },
    async release() {
      await rm(folder.hostFile, { force: true })
      lock.close()
    },
  }
}

/** Reads how to reach the live host; `null` while it has not said. */
export async function readHostFile(folder: DataFolder): Promise<HostFile | null> {
  try {
    return HostFile.parse(JSON.parse(await readFile(folder.hostFile, 'utf8')))
  } catch {
    return null
  }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && (error as { errcode?: unknown }).errcode === sqliteBusy
}
