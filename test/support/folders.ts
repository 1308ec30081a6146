import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that whoever asked for it removes. */
export function makeFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'aitp-console-test-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A folder of its own for one test, gone afterwards. */
export function temporaryFolder(): string {
  const { folder, remove } = makeFolder()
  onTestFinished(remove)
  return folder
}
