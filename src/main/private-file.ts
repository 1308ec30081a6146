import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file that only this user may read; who reads it finds all of it, or what was there before. */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}
