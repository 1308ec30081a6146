import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import envPaths from 'env-paths'
import { AppError } from '../shared/errors.ts'

/** Where everything that outlives a process lies; see the README for each file. */
export interface DataFolder {
  readonly root: string
  readonly database: string
  readonly hostFile: string
  readonly logs: string
  /** Bootstrap files of agents that are starting; emptied when a host starts. */
  readonly bootstrap: string
  readonly compileCache: string
  /** 32 bytes that every agent seed of this workspace is derived from. */
  readonly workspaceSecret: Uint8Array
}

/** The platform's folder for the program, unless `AITP_CONSOLE_HOME` or `--data` names another. */
export function defaultDataFolder(environment: NodeJS.ProcessEnv): string {
  return environment['AITP_CONSOLE_HOME'] || envPaths('aitp-console', { suffix: '' }).data
}

/** How the host of a data folder is reached, while there is one. */
export function hostFileOf(root: string): string {
  return join(root, 'host.json')
}

/** Creates what is missing. Throws `data_folder_unwritable` when a file cannot be written there, whoever asks. */
export function openDataFolder(root: string): DataFolder {
  const logs = join(root, 'logs')
  const bootstrap = join(root, 'bootstrap')
  try {
    for (const folder of [root, logs, bootstrap]) makeFolder(folder)
    probe(join(root, `.probe-${process.pid}`))
    return {
      root,
      database: join(root, 'console.db'),
      hostFile: hostFileOf(root),
      logs,
      bootstrap,
      compileCache: join(root, 'compile-cache'),
      workspaceSecret: workspaceSecret(join(root, 'workspace.key')),
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError(
      'data_folder_unwritable',
      `The data folder ${root} cannot be written (${reason}); name another with --data or AITP_CONSOLE_HOME.`,
      { cause: error },
    )
  }
}

/** One folder after the other: where nothing can be made, as below /proc, Node's recursive way never returns. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Writes and removes a file: mode bits say nothing to root, or on a read-only disk. */
function probe(file: string): void {
  closeSync(openSync(file, 'w', 0o600))
  rmSync(file)
}

function workspaceSecret(file: string): Uint8Array {
  if (!existsSync(file)) {
    // Written beside and then linked into place, so that nobody reads half a secret and the first one stands.
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
    try {
      linkSync(draft, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft, { force: true })
    }
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new AppError(
      'data_folder_unwritable',
      `${file} is not a workspace secret (64 hex digits); restore it, or remove it to get a new one and new agent identities.`,
    )
  }
  return Buffer.from(text, 'hex')
}
