import { readFileSync, rmSync } from 'node:fs'
import { Bootstrap } from '../../src/shared/bootstrap.ts'

/** Reads what this worker was started with and removes the file, so that its seed lies nowhere any more. */
export function readBootstrap(environment: NodeJS.ProcessEnv): Bootstrap {
  const file = environment['AITP_BOOTSTRAP_FILE']
  if (!file) throw new Error('AITP_BOOTSTRAP_FILE is not set; a worker is started by the console.')
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return Bootstrap.parse(JSON.parse(text))
}
