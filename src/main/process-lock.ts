import { DatabaseSync } from 'node:sqlite'

/** The right to be the only process that does something. */
export interface ProcessLock {
  release(): void
}

const sqliteBusy = 5

/**
 * Takes a lock of the operating system on a file, through SQLite, or gives `null` when another process holds it. It ends
 * with the process, however that ends, so none is ever stale.
 */
export function takeLock(file: string): ProcessLock | null {
  const lock = new DatabaseSync(file)
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && (error as { errcode?: unknown }).errcode === sqliteBusy) return null
    throw error
  }
  return { release: () => lock.close() }
}
