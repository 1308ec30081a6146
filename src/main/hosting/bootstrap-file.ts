import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BootstrapFile } from '../../shared/bootstrap.ts'

/** Writes the file a worker is started with, readable by this user only. The worker removes it once read. */
export function writeBootstrapFile(folder: string, bootstrap: BootstrapFile): string {
  const file = join(folder, `${bootstrap.run_id}_${bootstrap.agent_id}.json`)
  writeFileSync(file, JSON.stringify(bootstrap), { flag: 'wx', mode: 0o600 })
  return file
}

/** For a worker that ended before it removed the file itself. */
export function removeBootstrapFile(file: string): void {
  rmSync(file, { force: true })
}
