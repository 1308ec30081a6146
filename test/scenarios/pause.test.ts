import { describe, expect, it } from 'vitest'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { endOf, hostWith } from '../support/run-scenario.ts'
import { ofTheTest } from '../support/scenario-tree.ts'

const threeSteps = {
  steps: (['first', 'second', 'third'] as const).map((id) => ({ id, type: 'wait' as const, ms: 1 })),
}

/** The runner's story without the agents. */
const told = (events: readonly RunEvent[]) =>
  events.flatMap((event) =>
    event.type.startsWith('run.') || event.type === 'step.complete'
      ? [`${event.type}${'step_id' in event ? ` ${event.step_id}` : ''}`]
      : [],
  )

async function eventually(client: ConsoleClient, runId: string, last: string) {
  await expect
    .poll(async () => told((await client.call('getRun', { run_id: runId })).events).at(-1), {
      timeout: 10_000,
    })
    .toBe(last)
}

async function startPaused() {
  const { client } = await hostWith(threeSteps)
  const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, paused: true })
  await eventually(client, run_id, 'run.paused first')
  return { client, run_id }
}

describe('a run that starts paused', () => {
  it('stands still before the first step, takes single steps, and goes on when it is told to', async () => {
    const { client, run_id } = await startPaused()
    expect(await client.call('getRunStatus', { run_id })).toMatchObject({ status: 'running' })
    expect(await client.call('stepRun', { run_id })).toEqual({ run_id, status: 'running', paused: true })
    await eventually(client, run_id, 'run.paused second')
    expect(await client.call('resumeRun', { run_id })).toEqual({ run_id, status: 'running', paused: false })
    const { events, status } = await endOf(client, run_id)
    expect(status).toBe('success')
    expect(told(events)).toEqual([
      'run.started',
      'run.paused first',
      'run.resumed first',
      'step.complete first',
      'run.paused second',
      'run.resumed second',
      'step.complete second',
      'step.complete third',
      'run.complete',
    ])
  })

  it('can be cancelled where it stands', async () => {
    const { client, run_id } = await startPaused()
    expect(await client.call('cancelRun', { run_id })).toMatchObject({ cancelled: true, status: 'cancelled' })
    const { events } = await client.call('getRun', { run_id })
    expect(told(events)).toEqual(['run.started', 'run.paused first', 'run.cancelled'])
  })
})

describe('pause', () => {
  it('takes effect before the next step, and not within one', async () => {
    const { client } = await hostWith({
      steps: [
        { id: 'long', type: 'wait', ms: 1_500 },
        { id: 'next', type: 'wait', ms: 1 },
      ],
    })
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest })
    await expect
      .poll(async () => (await client.call('getRun', { run_id })).events.at(-1)?.type, { timeout: 10_000 })
      .toBe('step.waiting')
    expect(await client.call('pauseRun', { run_id })).toMatchObject({ paused: true })
    await eventually(client, run_id, 'run.paused next')
    await client.call('resumeRun', { run_id })
    expect(told((await endOf(client, run_id)).events)).toEqual([
      'run.started',
      'step.complete long',
      'run.paused next',
      'run.resumed next',
      'step.complete next',
      'run.complete',
    ])
  })

  it('is refused for a run that has ended, and for one that never was', async () => {
    const { client } = await hostWith(threeSteps)
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest })
    await endOf(client, run_id)
    for (const name of ['pauseRun', 'resumeRun', 'stepRun'] as const) {
      await expect(client.call(name, { run_id })).rejects.toMatchObject({ code: 'run_not_running' })
      await expect(client.call(name, { run_id: 'none' })).rejects.toMatchObject({ code: 'run_not_found' })
    }
  })
})
