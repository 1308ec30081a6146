// Shows this library and the published Python packages to each other: `node build/interop.mjs [--json] [--write]`, and
// runs the scenarios of examples/scenarios, in which one side is in Python.
// The packages are installed below node_modules/.cache the first time, which needs PyPI. Without them every pair is
// reported as `not exercised`. Exit: 0 when nothing failed except for a cause named in test/interop/known.ts, 1 when
// something did, 2 when this Node cannot run the harness.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { requireNode } from './node-version.mjs'

requireNode()

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'interop-venv')
const workerCache = join(root, 'node_modules', '.cache', 'python-worker')
const requirements = join(root, 'examples', 'python-worker', 'requirements.txt')

/** Releases of the SDK worth meeting: each is the first or the last of a form on the wire. */
const sdkReleases = [
  { release: '0.4.1', why: 'the older forms: binary timestamp, wrapped signing inputs, P-256 hashed again' },
  { release: '0.13.2', why: 'the last that hashes again before a P-256 signature' },
  { release: '0.16.0', why: 'the last that speaks aitp/0.2' },
  { release: 'newest', why: 'the newest published' },
]

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    python: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) {
  console.log(`node build/interop.mjs [--json] [--write] [--only TEXT] [--python PATH]

--json    print the results as JSON instead of a table
--write   also write docs/interop.md and the recorded vectors in test/vectors/sdk
--only    run only the pairs whose name or peer contains TEXT
--python  the Python (3.11 or newer) that makes the environment`)
  process.exit(0)
}

if (!process.features.typescript) {
  console.error('The harness is TypeScript that Node runs as it is; that needs Node 22.18 or newer.')
  process.exit(2)
}

const { runInterop } = await import('../test/interop/run.ts')
const note = (line) => console.error(line)
const environment = { ...prepare(), worker: prepareWorker() }
const outcome = await runInterop({
  root,
  environment,
  only: options.only ?? '',
  note,
})

if (options.json) console.log(JSON.stringify(outcome.summary, null, 2))
else console.log(outcome.table)
if (options.write) {
  if (environment.reason !== null) note('Nothing is written: the packages were not at hand.')
  else for (const { path, text } of outcome.files) write(path, text)
}
process.exitCode = outcome.failed === 0 ? 0 : 1

function write(path, text) {
  const file = join(root, path)
  mkdirSync(join(file, '..'), { recursive: true })
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  writeFileSync(file, text)
  note(`wrote ${path}`)
}

/** The peers that could be installed, or the reason why none is there. */
function prepare() {
  const wanted = [
    ...sdkReleases.map(({ release, why }) => ({ kind: 'sdk', distribution: 'aitp-sdk', release, why })),
    { kind: 'verifier', distribution: 'aitp-verifier', release: 'newest', why: 'the newest published' },
  ]
  const none = (reason) => ({
    reason,
    python: '',
    peers: wanted.map((peer) => ({ ...peer, packages: '', problem: reason })),
  })
  const { python: inside, problem } = makeEnvironment(cache)
  if (problem !== null) return none(problem)
  const peers = wanted.map((peer) => ({ ...peer, ...install(inside, peer) }))
  const [first] = peers
  const reason = peers.every(({ problem }) => problem !== null)
    ? `no package could be installed: ${first.problem}`
    : null
  return { reason, python: inside, peers }
}

/** The example worker has an environment of its own, as its README makes it. */
function prepareWorker() {
  const pinned = /^aitp-sdk==(\S+)$/m.exec(readFileSync(requirements, 'utf8'))?.[1]
  const about = {
    name: `example worker on aitp-sdk ${pinned}`,
    wire: 'aitp/0.2',
    pythonVersion: '',
    python: '',
  }
  const { python, problem } = makeEnvironment(workerCache)
  if (problem !== null) return { ...about, problem }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:']
  const ran = spawnSync(python, [...pip, '-r', requirements], { encoding: 'utf8' })
  const { stdout } = spawnSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  })
  return {
    ...about,
    python,
    pythonVersion: stdout.trim(),
    problem: ran.status === 0 ? null : `its packages could not be installed: ${lastLine(ran)}`,
  }
}

/** A virtual environment in `folder`: its Python, or why there is none. */
function makeEnvironment(folder) {
  const inside = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(inside) && options.python === undefined) return { python: inside, problem: null }
  const python = findPython()
  if (python === null) return { python: '', problem: 'no Python 3.11 or newer was found' }
  note(`Making a Python environment in ${relative(root, folder)}; this needs PyPI.`)
  mkdirSync(join(folder, '..'), { recursive: true })
  const made = spawnSync(python, ['-m', 'venv', folder], { encoding: 'utf8' })
  const problem = made.status === 0 ? null : `the environment could not be made: ${lastLine(made)}`
  return { python: inside, problem }
}

function install(python, { distribution, release }) {
  const packages = join(cache, 'peers', `${distribution}-${release}`)
  const done = join(packages, '.installed')
  if (existsSync(done)) return { packages, problem: null }
  note(`Installing ${distribution} ${release} from PyPI.`)
  const requirement = release === 'newest' ? distribution : `${distribution}==${release}`
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:']
  const ran = spawnSync(python, [...pip, '--upgrade', '--target', packages, requirement], {
    encoding: 'utf8',
  })
  if (ran.status !== 0) return { packages, problem: lastLine(ran) }
  writeFileSync(done, '')
  return { packages, problem: null }
}

function findPython() {
  const names = options.python
    ? [options.python]
    : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']
  const usable = 'import sys, venv; sys.exit(0 if sys.version_info >= (3, 11) else 1)'
  return names.find((name) => spawnSync(name, ['-c', usable]).status === 0) ?? null
}

function lastLine({ stderr, error }) {
  return String(error?.message ?? stderr ?? '')
    .trim()
    .split('\n')
    .at(-1)
    .slice(0, 300)
}
