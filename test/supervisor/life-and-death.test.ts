import { describe, expect, it } from 'vitest'
import { followRun } from '../../src/main/cli/follow-run.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { runCli, startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { startModelServer } from '../support/model-server.ts'
import { isAlive } from '../support/processes.ts'
import { researchAndWrite } from '../support/repository.ts'

/** An environment in which the first text is asked for and never given: the run stands still in its first step. */
async function standstill() {
  const server = await startModelServer(() => undefined)
  return { asked: server.asked, environment: { LLM_PROVIDER: 'openai', OPENAI_BASE_URL: server.baseUrl } }
}

describe('SIGKILL of the host in the middle of a run', () => {
  it('leaves no agent alive after 5 s, and the next start shows the run as interrupted with all its events (parity 8)', async () => {
    const home = temporaryFolder()
    const { asked, environment } = await standstill()
    const running = startCli(['run', researchAndWrite, '--input', 'topic=sudden ends'], { home, environment })
    const runId = String((await running.line(/^run /)).split(' ')[1])
    await running.line(/\[llm\] researcher research/)
    await asked
    const pids = [await running.line(/researcher ready/), await running.line(/writer ready/)].map((line) =>
      Number(/pid=(\d+)/.exec(line)?.[1]),
    )
    expect(pids.map(isAlive)).toEqual([true, true])

    running.child.kill('SIGKILL')
    await running.exited
    await expect.poll(() => pids.some(isAlive), { timeout: 5_000 }).toBe(false)

    const traced = await runCli(['trace', runId, '--json'], { home })
    const events: RunEvent[] = traced.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.filter(({ type }) => type === 'trust.established')).toHaveLength(2)
    expect(events.at(-2)?.type).toBe('llm.started')
    expect(events.at(-1)).toMatchObject({ type: 'run.interrupted', cause_seq: [events.length - 1] })
  })
})

describe('a worker that dies in the middle of a run', () => {
  it('fails the run at once and by name, and leaves nothing behind (B-50)', async () => {
    const { asked, environment } = await standstill()
    const host = await startHost({ environment: { PATH: process.env['PATH'], ...environment } })
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('startRun', {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'crash' },
    })
    await asked
    const { agents } = await client.call('listAgents', {})
    const researcher = agents.find(({ agent_id }) => agent_id === 'researcher')
    process.kill(Number(researcher?.pid), 'SIGKILL')
    await followRun(client, run_id, () => undefined)
    const record = await client.call('getRun', { run_id })
    expect(record).toMatchObject({ status: 'failed', error_code: 'agent_exited' })
    expect(record.error).toContain('researcher')
    expect(record.events.filter(({ type }) => type === 'agent.exited')).toMatchObject([
      { agent_id: 'researcher', cause: 'crashed', signal: 'SIGKILL' },
      { agent_id: 'writer', cause: 'stopped' },
    ])
    expect((await client.call('listAgents', {})).agents).toEqual([])
    expect(agents.map(({ pid }) => isAlive(Number(pid)))).toEqual([false, false])
  })
})

describe('cancel', () => {
  it('ends the run with exactly one terminal event, processes gone, outputs of finished steps kept', async () => {
    const { asked, environment } = await standstill()
    const host = await startHost({ environment: { PATH: process.env['PATH'], ...environment } })
    const client = createLocalClient(host.handlers)
    const { run_id } = await client.call('startRun', {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'cancel' },
    })
    await asked
    const { agents } = await client.call('listAgents', {})
    expect(await client.call('cancelRun', { run_id })).toEqual({
      run_id,
      status: 'cancelled',
      cancelled: true,
    })
    expect(agents.map(({ pid }) => isAlive(Number(pid)))).toEqual([false, false])
    const { events, status } = await client.call('getRun', { run_id })
    expect(status).toBe('cancelled')
    const terminal = ['run.complete', 'run.failed', 'run.cancelled', 'run.interrupted']
    expect(events.filter(({ type }) => terminal.includes(type)).map(({ type }) => type)).toEqual([
      'run.cancelled',
    ])
    expect(events.at(-1)?.type).toBe('run.cancelled')
    expect(await client.call('cancelRun', { run_id })).toMatchObject({
      cancelled: false,
      reason: 'already terminal',
    })
  })
})
