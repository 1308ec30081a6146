import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './ensure-built.mjs'

/**
 * Runs the built command line in this process, so that signals, streams and the exit code are its own. Resolves when
 * it has ended; its exit code is then `process.exitCode`.
 */
export async function runCli(args) {
  const file = join(root, 'out/main/cli.js')
  process.argv = [process.execPath, file, ...args]
  await import(pathToFileURL(file).href)
}
