import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSupervisor } from '../../src/main/hosting/supervisor.ts'
import { temporaryFolder } from '../support/folders.ts'

const ready = `console.log('AITP_AGENT_READY aid=aid:pubkey:${'A'.repeat(43)} port=8100')`
const stay = 'process.stdin.resume()'
const secret = 'canary-of-the-agent-1618033988'
const token = 'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl'

function launch(
  script: string,
  startupTimeoutMs = 10_000,
  signal = new AbortController().signal,
  log = pino({ level: 'silent' }),
) {
  const file = join(temporaryFolder(), 'worker.cjs')
  writeFileSync(file, script)
  const supervisor = createSupervisor(log)
  onTestFinished(() => supervisor.stopAll())
  const environment = { PATH: String(process.env['PATH']) }
  const launched = supervisor.launch(
    { runId: 'r', agentId: 'a', file, environment, secrets: [secret], startupTimeoutMs },
    signal,
  )
  return { supervisor, launched }
}

describe('the supervisor', () => {
  it('reads AID and port from the ready line', async () => {
    const { launched } = launch(`${ready};${stay}`)
    expect(await launched).toMatchObject({ state: 'ready', port: 8100, aid: `aid:pubkey:${'A'.repeat(43)}` })
  })

  it('gives up on a worker that stays silent, and ends it (B-24)', async () => {
    const { launched, supervisor } = launch(stay, 200)
    await expect(launched).rejects.toMatchObject({ code: 'agent_start_timeout' })
    expect(supervisor.workers()).toEqual([])
  })

  it('is not blocked by a worker that fills both pipes before it is ready (B-49)', async () => {
    const chatter = `for (const stream of [process.stdout, process.stderr]) stream.write('x'.repeat(1e6) + '\\n')`
    const { launched } = launch(`${chatter};${ready};${stay}`)
    expect(await launched).toMatchObject({ state: 'ready' })
  })

  it('keeps the beginning only of a line that does not end', async () => {
    const written: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void written.push(line) })
    const endless = `for (let n = 0; n < 32; n++) process.stdout.write('x'.repeat(1e6))`
    const script = `${endless};process.stdout.write('\\n');${ready};${stay}`
    const { launched } = launch(script, 10_000, new AbortController().signal, log)
    expect(await launched).toMatchObject({ state: 'ready' })
    expect(written.filter((line) => line.includes('xxx')).map(({ length }) => length < 20_000)).toEqual([
      true,
    ])
  })

  it('logs what a worker prints, with who it was and without its secrets and tokens', async () => {
    const written: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void written.push(line) })
    const words = `console.error('key ${secret}, token ${token}!')`
    const said = `process.on('SIGTERM', () => { ${words}; process.exit() })`
    const { launched, supervisor } = launch(`${said};${ready};${stay}`, 10_000, undefined, log)
    const { pid } = await launched
    await supervisor.stopAll()
    const entries = written.map((line) => JSON.parse(line))
    expect(entries.at(-1)).toMatchObject({
      run_id: 'r',
      agent_id: 'a',
      pid,
      stream: 'stderr',
      msg: 'key [secret], token [token]!',
    })
  })

  it('keeps secrets out of the last words of a worker', async () => {
    const { launched } = launch(`console.error('no luck with ${secret} and ${token}')`)
    await expect(launched).rejects.toThrow('no luck with [secret] and [token]')
  })

  it('tells the exit code and the last words of a worker that ends before it is ready', async () => {
    const { launched } = launch(`console.error('no such luck');process.exitCode = 3`)
    await expect(launched).rejects.toMatchObject({
      code: 'agent_spawn_error',
      message: expect.stringMatching(/exit code 3.*no such luck/),
    })
  })

  it('takes no ready line that is none', async () => {
    const almost = [`'AITP_AGENT_READY port=1 aid=x'`, `' AITP_AGENT_READY aid=aid:pubkey:A port=1'`]
    const { launched } = launch(`${almost.map((line) => `console.log(${line})`).join(';')};${stay}`, 300)
    await expect(launched).rejects.toMatchObject({ code: 'agent_start_timeout' })
  })

  it('says crashed of a worker that ends by itself, and stopped of one it ended', async () => {
    const crash = await launch(`${ready};setImmediate(() => process.exit(7))`).launched
    expect(await crash.ended).toEqual({ exit: { code: 7, signal: null }, cause: 'crashed' })
    const { launched, supervisor } = launch(`${ready};${stay}`)
    const stopped = await launched
    await supervisor.stopRun('r')
    expect(await stopped.ended).toEqual({ exit: { code: null, signal: 'SIGTERM' }, cause: 'stopped' })
  })

  it('kills a worker that will not end when asked (B-51)', async () => {
    const { launched, supervisor } = launch(`process.on('SIGTERM', () => {});${stay};${ready}`)
    const worker = await launched
    await supervisor.stopAll()
    expect(await worker.ended).toEqual({ exit: { code: null, signal: 'SIGKILL' }, cause: 'stopped' })
  })

  it('ends a start that is no longer wanted', async () => {
    const abort = new AbortController()
    const { launched, supervisor } = launch(stay, 10_000, abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(launched).rejects.toThrow('no longer wanted')
    expect(supervisor.workers()).toEqual([])
  })
})
