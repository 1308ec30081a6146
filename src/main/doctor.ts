import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { createAitp } from '../aitp/index.ts'
import { nodeEngine } from '../aitp/platform/node/engine.ts'
import { AppError } from '../shared/errors.ts'
import { allowedPrograms } from './allowed-programs.ts'
import { openDataFolder } from './data-folder.ts'
import type { ShippedPaths } from './paths.ts'
import { loadRegistry } from './registry/index.ts'

/** `note`: works, but differs from what one may expect. */
export interface Finding {
  readonly name: string
  readonly state: 'ok' | 'note' | 'problem'
  readonly found: string
  /** What to do; `null` when there is nothing to do. */
  readonly mend: string | null
}

export interface Patient {
  readonly dataDir: string
  readonly scenariosDir: string
  readonly paths: ShippedPaths
  readonly environment: NodeJS.ProcessEnv
}

const neededMajor = 22
const servicePort = 8000

/** Looks at everything a run needs; changes nothing but the data folder, which it creates when missing. */
export async function examine(patient: Patient): Promise<Finding[]> {
  return [
    nodeVersion(),
    attempt(
      'data folder',
      'name another with --data or AITP_CONSOLE_HOME',
      () => openDataFolder(patient.dataDir).root,
    ),
    attempt('sqlite', 'use the Node that comes with the console: run it through npm', sqliteVersion),
    attempt('cryptography', 'use the Node that comes with the console: run it through npm', knownAnswer),
    attempt('workers', 'run `npm run build`', () => workers(patient.paths.agents)),
    attempt('pages', 'run `npm run build`', () => mustExist(patient.paths.pages)),
    scenarios(patient.scenariosDir),
    programs(patient.dataDir),
    await portFree(),
    textGeneration(patient.environment),
  ]
}

function nodeVersion(): Finding {
  const { node } = process.versions
  const good = Number.parseInt(node, 10) >= neededMajor
  return {
    name: 'node',
    state: good ? 'ok' : 'problem',
    found: node,
    mend: good ? null : `needs ${neededMajor} or later: run it through npm, which brings its own`,
  }
}

function attempt(name: string, mend: string, look: () => string): Finding {
  try {
    return { name, state: 'ok', found: look(), mend: null }
  } catch (error) {
    // Our own errors say what to do themselves.
    if (error instanceof AppError) return { name, state: 'problem', found: error.message, mend: null }
    return { name, state: 'problem', found: error instanceof Error ? error.message : String(error), mend }
  }
}

function sqliteVersion(): string {
  const database = new DatabaseSync(':memory:')
  const version = database.prepare('SELECT sqlite_version() AS version').get()?.['version']
  database.close()
  return String(version)
}

/** The AID of the all-zero seed, from the specification's known answers. */
const zeroSeedAid = 'aid:pubkey:O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik'

function knownAnswer(): string {
  const { aid } = createAitp(nodeEngine).agentKey(new Uint8Array(32))
  if (aid !== zeroSeedAid) throw new Error(`the all-zero seed gives ${aid}, not ${zeroSeedAid}`)
  return 'Ed25519 gives the known answer'
}

function workers(folder: string): string {
  const found = readdirSync(folder).filter((name) => name.endsWith('.cjs'))
  if (found.length === 0) throw new Error(`no worker in ${folder}`)
  return found.map((name) => name.replace('.cjs', '')).join(', ')
}

function mustExist(folder: string): string {
  if (!existsSync(folder)) throw new Error(`${folder} is missing`)
  return 'built'
}

function scenarios(folder: string): Finding {
  const base = { name: 'scenarios' }
  try {
    const { scenarios: found, diagnostics } = loadRegistry(folder)
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    return {
      ...base,
      state: errors === 0 ? 'ok' : 'problem',
      found: `${found.length} can run, ${errors} error${errors === 1 ? '' : 's'}`,
      mend: errors === 0 ? null : 'run `aitp-console validate`',
    }
  } catch (error) {
    return {
      ...base,
      state: 'problem',
      found: String(error),
      mend: 'name the scenario folder with --scenarios',
    }
  }
}

function programs(dataDir: string): Finding {
  const { file, roots } = allowedPrograms(dataDir)
  const allowed = roots()
  return {
    name: 'programs of scenarios',
    state: 'ok',
    found: allowed.length === 0 ? 'none are allowed' : `allowed for ${allowed.join(', ')}`,
    mend: allowed.length === 0 ? null : `to take that back, remove the folder from ${file}`,
  }
}

function portFree(): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () =>
      resolve({
        name: 'port',
        state: 'note',
        found: `${servicePort} is taken`,
        mend: 'the console takes the next free one, or the one of --port',
      }),
    )
    server.listen(servicePort, '127.0.0.1', () =>
      server.close(() => resolve({ name: 'port', state: 'ok', found: `${servicePort} is free`, mend: null })),
    )
  })
}

function textGeneration(environment: NodeJS.ProcessEnv): Finding {
  const provider = environment['LLM_PROVIDER']
  return provider
    ? { name: 'text generation', state: 'ok', found: provider, mend: null }
    : {
        name: 'text generation',
        state: 'ok',
        found: 'offline text, no model is asked (LLM_PROVIDER is not set)',
        mend: null,
      }
}
