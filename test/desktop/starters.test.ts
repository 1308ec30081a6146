import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The starters are plain modules without types. */
async function starter<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(join(root, 'build', name)).href)) as Module
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'starters-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface Started {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  readonly ended: Promise<number | null>
}

/** Without a display, unless the test gives one, and as the user `uid`, whoever runs the tests. */
function start(file: string, args: string[], environment: Record<string, string> = {}, uid = 1000): Started {
  const { DISPLAY, WAYLAND_DISPLAY, ...rest } = process.env
  const asUser = `data:text/javascript,process.getuid = () => ${uid}`
  const child = spawn(process.execPath, ['--import', asUser, join(root, 'build', file), ...args], {
    env: { ...rest, AITP_CONSOLE_HOME: temporary(), AGENT_BASE_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]) => code),
  }
}

test.each([
  ['20.20.2', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['24.21.0', true],
  ['100.0.0', true],
])('Node %s will do: %s', async (version, fine) => {
  const { nodeProblem } = await starter<{ nodeProblem(version: string, has: boolean): string | null }>(
    'node-version.mjs',
  )
  if (fine) expect(nodeProblem(version, true)).toBeNull()
  else {
    expect(nodeProblem(version, true)).toContain('npm start')
    expect(nodeProblem(version, false)).toContain('npm install')
  }
})

test('what is built is up to date until a source is newer, or gone', async () => {
  const { isUpToDate } = await starter<{ isUpToDate(folder: string): boolean }>('ensure-built.mjs')
  const folder = temporary()
  const put = (path: string, seconds: number) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
    utimesSync(join(folder, path), seconds, seconds)
  }
  const parts = [
    'main/index.js',
    'main/cli.js',
    'main/guard.js',
    'preload/index.cjs',
    'renderer/index.html',
    'bench/bare-agent.cjs',
    'agents/writer.cjs',
  ]
  for (const part of parts) put(`out/${part}`, 2000)
  for (const source of ['src/main/host.ts', 'agents/writer/index.ts', 'agents/base/server.ts'])
    put(source, 1000)
  const age = (path: string, seconds: number) => utimesSync(join(folder, path), seconds, seconds)
  const folders = ['src', 'src/main', 'agents', 'agents/writer', 'agents/base']
  for (const path of folders) age(path, 1000)

  expect(isUpToDate(folder)).toBe(true)
  age('agents/base/server.ts', 3000)
  expect(isUpToDate(folder)).toBe(false)
  age('agents/base/server.ts', 1000)
  rmSync(join(folder, 'src/main/host.ts'))
  expect(isUpToDate(folder)).toBe(false)
  age('src/main', 1000)
  rmSync(join(folder, 'out/agents/writer.cjs'))
  expect(isUpToDate(folder)).toBe(false)
})

test('console passes arguments, standard output and the exit code through', async () => {
  const good = start('console.mjs', ['scenarios', '--json'])
  const bad = start('console.mjs', ['no-such-command'])
  expect(await good.ended).toBe(0)
  expect(JSON.parse(good.stdout())).toBeTruthy()
  expect(await bad.ended).toBe(2)
  expect(bad.stdout()).toBe('')
  expect(bad.stderr()).toContain('no-such-command')
})

test('demo narrates a run to its end', async () => {
  const demo = start('demo.mjs', [])
  expect(await demo.ended).toBe(0)
  expect(demo.stderr()).toContain('[step] write researcher -> writer.write.content')
  expect(demo.stderr()).toContain('[run] complete')
})

test.each([
  ['without a display', [], {}, 'since this machine has no display'],
  ['when asked', ['--browser'], { DISPLAY: ':7' }, 'as asked'],
  ['for options of a service', ['--port', '0'], { DISPLAY: ':7' }, 'since --port 0 is for a service'],
])('start serves a browser %s, says why, and ends when told', async (_title, args, environment, why) => {
  const started = start('start.mjs', args, { PORT: '0', ...environment })
  await expect.poll(started.stdout, { timeout: 20_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=\S+\n$/)
  expect(started.stderr()).toContain(`The console opens in a browser, ${why}`)
  const page = await fetch(new URL('/', started.stdout().trim()))
  expect(await page.text()).toContain('<div id="root">')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

/** A program in the place of Electron's. */
function fakeElectron(script: string): Record<string, string> {
  const folder = temporary()
  writeFileSync(join(folder, 'electron'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { DISPLAY: ':7', PORT: '0', ELECTRON_OVERRIDE_DIST_PATH: folder, ELECTRON_RUN_AS_NODE: '1' }
}

test('start gives the window this folder, keeps it Electron, and passes its exit code on', async () => {
  const note = join(temporary(), 'note')
  const started = start('start.mjs', [], fakeElectron(`echo "$1 [$ELECTRON_RUN_AS_NODE]" > ${note}; exit 7`))
  expect(await started.ended).toBe(7)
  expect(readFileSync(note, 'utf8')).toBe(`${root}/ []\n`)
  expect(started.stderr()).toBe('')
})

test('start hands a signal to the window and waits for its end', async () => {
  // In short sleeps: a shell may miss a signal that comes just before it waits.
  const electron = fakeElectron('trap "exit 0" TERM; echo up; while :; do sleep 0.05; done')
  const started = start('start.mjs', [], electron)
  await expect.poll(started.stdout, { timeout: 20_000 }).toBe('up\n')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

test('start serves a browser when Electron misses libraries', async () => {
  const started = start(
    'start.mjs',
    [],
    fakeElectron('echo "error while loading shared libraries" >&2; exit 127'),
  )
  await expect.poll(started.stdout, { timeout: 20_000 }).toMatch(/^http:/)
  expect(started.stderr()).toContain('since Electron misses libraries of this system')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

test.runIf(process.platform === 'linux')('start serves a browser for root', async () => {
  const started = start('start.mjs', [], fakeElectron('exit 7'), 0)
  await expect.poll(started.stdout, { timeout: 20_000 }).toMatch(/^http:/)
  expect(started.stderr()).toContain('since Electron does not run as root')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

test('start serves a browser when Electron is not there and cannot be fetched', async () => {
  const nowhere = { ELECTRON_MIRROR: 'http://127.0.0.1:9/', electron_config_cache: temporary() }
  const started = start('start.mjs', [], { DISPLAY: ':7', PORT: '0', ...nowhere, ...noElectron() })
  await expect.poll(started.stdout, { timeout: 20_000 }).toMatch(/^http:/)
  expect(started.stderr()).toContain('since Electron could not be fetched (')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

/** A folder without the binary, wherever this project has one. */
function noElectron(): Record<string, string> {
  return { ELECTRON_OVERRIDE_DIST_PATH: temporary() }
}
