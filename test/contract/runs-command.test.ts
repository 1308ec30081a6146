import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConsole } from '../../src/main/attach.ts'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'
import { builtAgents, builtGuard } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'
import { ofTheTest, scenarioTree } from '../support/scenario-tree.ts'

/** A console that is up, and the program attached to it. */
async function consoleUp() {
  const home = join(temporaryFolder(), 'home')
  const scenariosDir = scenarioTree({ steps: [{ id: 'stay', type: 'wait', ms: 10_000 }] })
  const opened = await openConsole({
    dataDir: home,
    scenariosDir,
    agentsDir: builtAgents,
    guardFile: builtGuard,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment: { PATH: process.env['PATH'] },
    version: '0.0.0-test',
    asked: {},
  })
  onTestFinished(() => opened.close())
  const command = (...args: string[]) => program(args, { AITP_CONSOLE_HOME: home })
  return { client: opened.client, command }
}

describe('the program beside a console that is up', () => {
  it('lists its runs, cancels one by its id, and says that it had ended', async () => {
    const { client, command } = await consoleUp()
    expect(await command('runs')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: [expect.stringContaining('No run')],
    })
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, run_label: 'the label' })
    const listed = await command('runs')
    expect(listed.stdout).toMatch(
      new RegExp(`^${run_id} {2}(pending|running) .*${ofTheTest} {2}the label\n$`),
    )

    expect(await command('cancel', run_id)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: [`Run ${run_id} is cancelled.`],
    })
    expect((await endOf(client, run_id)).status).toBe('cancelled')
    expect((await client.call('listAgents', {})).agents).toEqual([])
    const { runs } = JSON.parse((await command('runs', '--json')).stdout)
    expect(runs).toMatchObject([{ run_id, status: 'cancelled' }])

    const again = await command('cancel', run_id)
    expect(again).toMatchObject({ code: 1, stderr: [expect.stringContaining('had ended before')] })
    const unknown = await command('cancel', 'no-such-run')
    expect(unknown).toMatchObject({ code: 2, stderr: [expect.stringMatching(/\(run_not_found\)$/)] })
  })

  it('lets a paused run do one step, go on and stand still again', async () => {
    const { client, command } = await consoleUp()
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, paused: true })
    const still = `Run ${run_id} stands still before its next step.`
    expect(await command('step', run_id)).toMatchObject({ code: 0, stderr: [still] })
    expect(await command('resume', run_id)).toMatchObject({ code: 0, stderr: [`Run ${run_id} goes on.`] })
    expect(await command('pause', run_id)).toMatchObject({ code: 0, stderr: [still] })
    await client.call('cancelRun', { run_id })
    const ended = await command('resume', run_id)
    expect(ended).toMatchObject({ code: 2, stderr: [expect.stringMatching(/\(run_not_running\)$/)] })
  })

  it('compares stored runs by their ids', async () => {
    const { client, command } = await consoleUp()
    const ids: string[] = []
    for (const paused of [true, true]) {
      const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, paused })
      await client.call('cancelRun', { run_id })
      ids.push(run_id)
    }
    const [a = '', b = ''] = ids
    expect((await command('diff', a, a)).code).toBe(0)
    expect(await command('diff', a, 'no-such-run')).toMatchObject({
      code: 2,
      stderr: [expect.stringMatching(/\(run_not_found\)$/)],
    })
    expect([0, 1]).toContain((await command('diff', a, b)).code)
  })
})
