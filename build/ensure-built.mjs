// Builds what is missing or older than what it is made of. Nothing of it is written to stdout.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const made = [
  'out/main/index.js',
  'out/main/cli.js',
  'out/main/guard.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'out/bench/bare-agent.cjs',
]
const madeFrom = ['src', 'agents', 'electron.vite.config.ts', 'package.json', 'build/agents.mjs']
const lock = join(root, 'node_modules/.cache/build.lock')
const pollMs = 100

export async function ensureBuilt() {
  if (isUpToDate(root)) return
  const bundler = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  if (!existsSync(bundler))
    fail('The console is not built and its tools are not installed; run `npm install`.')
  await takeLock()
  try {
    // Whoever held the lock may have built it meanwhile.
    if (isUpToDate(root)) return
    process.stderr.write('Building the console …\n')
    run(bundler, ['build', '--logLevel', 'warn'])
    run(join(root, 'build/agents.mjs'), [])
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Whether every part exists and is newer than every source. A tree without sources is as built as it can be. */
export function isUpToDate(folder) {
  const agents = workers(folder).map((name) => `out/agents/${name}.cjs`)
  const parts = [...made, ...agents].map((path) => modified(join(folder, path)))
  if (parts.includes(null)) return false
  if (!existsSync(join(folder, 'src'))) return true
  return newest(madeFrom.map((path) => join(folder, path))) <= Math.min(...parts)
}

function workers(folder) {
  const agents = join(folder, 'agents')
  if (!existsSync(agents)) return []
  return readdirSync(agents, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'base')
    .map((entry) => entry.name)
}

/** Folders count too: theirs is the time at which a file was removed. */
function newest(paths) {
  return paths.reduce((latest, path) => {
    const at = modified(path)
    if (at === null) return latest
    const inside = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : []
    return Math.max(latest, at, newest(inside))
  }, 0)
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null
}

/** What the bundler says is shown only when it fails. */
function run(file, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return
  rmSync(lock, { force: true })
  process.stderr.write(stdout + stderr)
  fail('The console could not be built; what went wrong stands above.')
}

/** Two commands started at once must not build into one folder. */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(holder())) rmSync(lock, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The process that builds; `null` in the instant in which it has not said so yet. */
function holder() {
  try {
    return Number(readFileSync(lock, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid) {
  if (pid === null) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(3)
}
