import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSupervisor } from '../../src/main/hosting/supervisor.ts'
import { isAlive } from '../support/alive.ts'
import { startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { foreignWorker, programManifest } from '../support/foreign/manifest.ts'
import { builtGuard } from '../support/repository.ts'
import { ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

const ready = `console.log('AITP_AGENT_READY aid=aid:pubkey:${'A'.repeat(43)} port=8100')`
const deaf = `process.on('SIGTERM', () => {})`
const stay = 'setInterval(() => {}, 1000)'

interface Launching {
  readonly command?: readonly string[]
  readonly startupTimeoutMs?: number
}

type Guard = ChildProcess & { readonly stdin: Writable }

/** Writes a program that starts a child; this one makes the file `deafness` once it ignores SIGTERM. */
function writeProgram(folder: string, script: string) {
  const file = join(folder, 'program.cjs')
  const pids = join(folder, 'pids')
  const deafness = join(folder, 'deaf')
  const follower = `${deaf};require('node:fs').writeFileSync(${JSON.stringify(deafness)}, '');${stay}`
  const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(follower)}], {stdio:'ignore'})`
  const tell = `require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + ${child}.pid)`
  writeFileSync(file, `${tell};${script}`)
  return { file, pids, deafness }
}

/** Starts a program under the guard; it writes its process id and that of a child of its own. */
function launch(script: string, { command, startupTimeoutMs = 10_000 }: Launching = {}) {
  const folder = temporaryFolder()
  const { file, pids } = writeProgram(folder, script)
  const supervisor = createSupervisor(pino({ level: 'silent' }))
  onTestFinished(() => supervisor.stopAll())
  const args = command ?? [process.execPath, file]
  const launched = supervisor.launch(
    {
      runId: 'r',
      agentId: 'a',
      file: builtGuard,
      args,
      cwd: folder,
      command: args.join(' '),
      leadsGroup: true,
      environment: { PATH: String(process.env['PATH']) },
      secrets: [],
      startupTimeoutMs,
    },
    new AbortController().signal,
  )
  return { supervisor, launched, pids: () => readPids(pids) }
}

async function readPids(file: string): Promise<number[]> {
  return (await readFile(file, 'utf8')).split(' ').map(Number)
}

const gone = (pids: readonly number[]) =>
  expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])

describe('a program under the guard', () => {
  it('is asked to end together with all that it started, and its end is told as it was', async () => {
    const { launched, supervisor, pids } = launch(`${ready};${stay}`)
    const worker = await launched
    expect((await pids()).map(isAlive)).toEqual([true, true])
    await supervisor.stopAll()
    expect(await worker.ended).toEqual({ exit: { code: null, signal: 'SIGTERM' }, cause: 'stopped' })
    await gone(await pids())
  })

  it('that ignores SIGTERM is killed, and so is all that it started', async () => {
    const { launched, supervisor, pids } = launch(`${deaf};${ready};${stay}`)
    const worker = await launched
    await supervisor.stopAll()
    expect(await worker.ended).toEqual({ exit: { code: null, signal: 'SIGKILL' }, cause: 'stopped' })
    await gone(await pids())
  })

  it('that ends by itself passes its exit code on and leaves no child', async () => {
    const { launched, pids } = launch(`${ready};setTimeout(() => process.exit(7), 50)`)
    const worker = await launched
    expect(await worker.ended).toEqual({ exit: { code: 7, signal: null }, cause: 'crashed' })
    await gone(await pids())
  })

  it('that is killed by somebody is told as killed', async () => {
    const { launched, pids } = launch(`${ready};${stay}`)
    const worker = await launched
    const [program = 0] = await pids()
    process.kill(program, 'SIGKILL')
    expect(await worker.ended).toEqual({ exit: { code: null, signal: 'SIGKILL' }, cause: 'crashed' })
    await gone(await pids())
  })

  it('does not outlive the guard', async () => {
    const { launched, pids } = launch(`${deaf};${ready};${stay}`)
    const worker = await launched
    process.kill(worker.pid, 'SIGKILL')
    await worker.ended
    await gone(await pids())
  })

  it('does not outlive the console, however that ends', async () => {
    const pidFile = join(temporaryFolder(), 'pids')
    const scenarios = scenarioTree({
      agents: [{ id: 'writer', ref: '_shared/agents/foreign' }],
      manifests: { foreign: programManifest([foreignWorker, pidFile]) },
      steps: [{ id: 'stay', type: 'wait', ms: 10_000 }],
    })
    const running = startCli(['run', ofTheTest, '--scenarios', scenarios, '--allow-programs', '--pause'], {
      home: temporaryFolder(),
    })
    await running.line(/writer ready/)
    const pids = await readPids(pidFile)
    expect(pids.map(isAlive)).toEqual([true, true])
    running.child.kill('SIGKILL')
    await running.exited
    await gone(pids)
  })

  it.each([
    ['its console is gone', stay, (guard: Guard) => guard.stdin.end()],
    ['it is asked to end', stay, (guard: Guard) => guard.kill('SIGTERM')],
    [
      'its program has ended',
      `setInterval(() => require('node:fs').existsSync(__dirname + '/deaf') && process.exit(0), 10)`,
      () => undefined,
    ],
  ])('leaves nobody behind by itself once %s', async (_when, script, act) => {
    const folder = temporaryFolder()
    const { file, pids, deafness } = writeProgram(folder, script)
    const guard = spawn(process.execPath, [builtGuard, process.execPath, file], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const exited = once(guard, 'exit')
    await expect.poll(() => existsSync(deafness), { timeout: 10_000 }).toBe(true)
    act(guard)
    await exited
    await gone(await readPids(pids))
  })

  it('that never says that it listens is named, with its last words, and ended', async () => {
    const { launched, supervisor, pids } = launch(`console.error('still thinking');${stay}`, {
      startupTimeoutMs: 1_000,
    })
    await expect(launched).rejects.toMatchObject({
      code: 'agent_start_timeout',
      message: expect.stringMatching(/program\.cjs.*still thinking$/),
    })
    expect(supervisor.workers()).toEqual([])
    await gone(await pids())
  })

  it.each([
    ['is not there', 'no-such-program', 'no-such-program is not there'],
    ['cannot be executed', './program.cjs', 'cannot be started \\(EACCES\\)'],
  ])('that %s is named in one sentence', async (_what, program, sentence) => {
    const { launched, supervisor } = launch('', { command: [program, '--fast'] })
    await expect(launched).rejects.toMatchObject({
      code: 'agent_spawn_error',
      message: expect.stringMatching(new RegExp(`^Agent a \\(${program} --fast\\) ended .*${sentence}$`)),
    })
    expect(supervisor.workers()).toEqual([])
  })
})
