import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConsoleUp } from '../support/console-up.ts'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'
import { endOf } from '../support/run-scenario.ts'
import { ofTheTest } from '../support/scenario-tree.ts'

/** A console that is up, and the program attached to it. */
async function consoleUp() {
  const up = await openConsoleUp({ steps: [{ id: 'stay', type: 'wait', ms: 10_000 }] })
  onTestFinished(() => up.close())
  const command = (...args: string[]) => program(args, { AITP_CONSOLE_HOME: up.home })
  return { client: up.opened.client, command }
}

describe('the program beside a console that is up', () => {
  it('lists its runs, cancels one by its id, and says that it had ended', async () => {
    const { client, command } = await consoleUp()
    expect(await command('runs')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: [expect.stringContaining('No such run')],
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

  it('hands a run on as a file, takes it in, finds it, and deletes it by the beginning of its id', async () => {
    const { client, command } = await consoleUp()
    const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, paused: true })
    expect(await command('runs', 'delete', run_id)).toMatchObject({
      code: 2,
      stderr: [expect.stringMatching(/\(run_going_on\)$/)],
    })
    await client.call('cancelRun', { run_id })

    const file = join(temporaryFolder(), 'run.ndjson')
    const exported = await command('runs', 'export', run_id.slice(0, 8), file, '--json')
    expect(JSON.parse(exported.stdout)).toEqual({ run_id, file, exchanges: 'all' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await command('runs', 'export', run_id, '-')).stdout).toBe(readFileSync(file, 'utf8'))
    expect(await command('runs', 'export', run_id, file)).toMatchObject({
      code: 2,
      stderr: [expect.stringMatching(/\(usage\)$/)],
    })
    expect(await command('runs', 'import', file)).toMatchObject({
      code: 2,
      stderr: [expect.stringMatching(/\(run_id_taken\)$/)],
    })

    // Two ids with a common beginning.
    const twins = ['01', '02'].map((end) => `${run_id.slice(0, -2)}${end}`)
    for (const twin of twins) {
      writeFileSync(file, (await client.call('exportRun', { run_id })).replaceAll(run_id, twin))
      const imported = await command('runs', 'import', file, '--json')
      expect(JSON.parse(imported.stdout)).toMatchObject({ run_id: twin, status: 'cancelled' })
    }
    const common = run_id.slice(0, -2)
    for (const args of [['trace'], ['cancel'], ['pause'], ['diff', common], ['runs', 'delete']]) {
      expect(await command(...args, common)).toMatchObject({
        code: 2,
        stderr: [expect.stringMatching(/\(run_id_ambiguous\)$/)],
      })
    }
    const listed = await command('runs', '--status', 'cancelled', '--newest', '--limit', '2')
    expect(listed).toMatchObject({ code: 0, stderr: ['2 of 3 runs.'] })
    expect(listed.stdout.match(/\(imported\)/g)).toHaveLength(listed.stdout.includes(`${run_id} `) ? 1 : 2)
    expect((await command('runs', '--status', 'success')).stdout).toBe('')

    const deleted = await command('runs', 'delete', ...twins, '--json')
    expect(JSON.parse(deleted.stdout)).toEqual({ deleted: twins })
    const { runs, total, retention } = JSON.parse((await command('runs', '--json')).stdout)
    expect(runs).toMatchObject([{ run_id, imported: false }])
    expect({ total, retention }).toEqual({ total: 1, retention: { max_runs: 1_000, max_age_days: null } })
  })
})
