import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { contract } from '../../src/shared/contract.ts'
import { ErrorBody } from '../../src/shared/errors.ts'
import { RunEvent } from '../../src/shared/events.ts'
import { Report } from '../../src/shared/report.ts'
import { RunRecord } from '../../src/shared/run.ts'
import { startCli } from '../support/command-line.ts'
import { type ConsoleUp, openConsoleUp } from '../support/console-up.ts'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'
import { researchAndWrite, shippedScenarios } from '../support/repository.ts'
import { endOf } from '../support/run-scenario.ts'
import { ofTheTest } from '../support/scenario-tree.ts'

/** What a line of the table can ask for. */
interface Place {
  /** A run that has ended. */
  ended(): Promise<string>
  /** A run that stands still before its first step. */
  still(): Promise<string>
  /** A file of this name in a folder of its own, empty unless it is given a text. */
  file(name: string, text?: string): string
  /** What `runs export` writes. */
  exported(runId: string): Promise<string>
}

interface Row {
  readonly command: string
  /** A line that has a result. */
  readonly good: (place: Place) => readonly string[] | Promise<readonly string[]>
  /** What the result is with `--json`: the answer of the route where there is one. */
  readonly result: z.ZodType
  readonly exit?: 1
  /** What is wrong with each of these is exit 2. */
  readonly bad: readonly (readonly string[])[]
}

const Diagnostics = contract.listScenarios.output.pick({ diagnostics: true })
const missingArgument: readonly string[] = []

const rows: readonly Row[] = [
  {
    command: 'scenarios',
    good: () => [],
    result: z.strictObject({
      scenarios: z.array(
        contract.listScenarios.output.shape.scenarios.element.extend({ templates: z.array(z.unknown()) }),
      ),
      diagnostics: z.array(z.unknown()),
    }),
    bad: [['more'], ['--scenarios', '/nowhere']],
  },
  { command: 'validate', good: () => [], result: Diagnostics, bad: [['/nowhere']] },
  {
    command: 'new',
    good: () => ['pack/talk@1.0.0', '--scenarios', temporaryFolder()],
    result: z.strictObject({
      ref: z.string(),
      files: z.array(z.string()).length(4),
      diagnostics: z.tuple([]),
    }),
    bad: [missingArgument, ['talk']],
  },
  {
    command: 'dry-run',
    good: () => [ofTheTest],
    result: z.looseObject({ ref: z.literal(ofTheTest), steps: z.array(z.unknown()) }),
    bad: [missingArgument, ['no/such@1.0.0']],
  },
  {
    command: 'run',
    good: () => [ofTheTest, '--timeout', '0.5'],
    result: RunRecord,
    exit: 1,
    bad: [missingArgument, ['no/such@1.0.0'], [ofTheTest, '--timeout', '0'], [ofTheTest, '--cp', 'ftp://x']],
  },
  {
    command: 'runs',
    good: () => [],
    result: contract.listRuns.output,
    bad: [
      ['--status', 'odd'],
      ['--limit', '-1'],
    ],
  },
  {
    command: 'runs export',
    good: async ({ ended }) => [await ended(), join(temporaryFolder(), 'run.ndjson')],
    result: z.strictObject({ run_id: z.string(), file: z.string(), exchanges: z.literal('all') }),
    bad: [missingArgument, ['no-such-run', '/nowhere']],
  },
  {
    command: 'runs import',
    good: async ({ ended, exported, file }) => {
      const run = await ended()
      return [file('twin.ndjson', (await exported(run)).replaceAll(run, randomUUID()))]
    },
    result: contract.importRun.output,
    bad: [missingArgument, ['/nowhere']],
  },
  {
    command: 'runs delete',
    good: async ({ ended }) => [await ended()],
    result: z.strictObject({ deleted: z.array(z.string()).length(1) }),
    bad: [missingArgument, ['no-such-run']],
  },
  {
    command: 'cancel',
    good: async ({ still }) => [await still()],
    result: contract.cancelRun.output,
    bad: [missingArgument, ['no-such-run']],
  },
  {
    command: 'pause',
    good: async ({ still }) => [await still()],
    result: contract.pauseRun.output,
    bad: [missingArgument, ['no-such-run']],
  },
  {
    command: 'resume',
    good: async ({ still }) => [await still()],
    result: contract.resumeRun.output,
    bad: [missingArgument, ['no-such-run']],
  },
  {
    command: 'step',
    good: async ({ still }) => [await still()],
    result: contract.stepRun.output,
    bad: [missingArgument, ['no-such-run']],
  },
  {
    command: 'trace',
    good: async ({ ended }) => [await ended()],
    result: RunEvent,
    bad: [missingArgument, ['no-such-run'], ['/nowhere.json']],
  },
  {
    command: 'diff',
    good: async ({ ended }) => [await ended(), await ended()],
    result: z.strictObject({ same: z.literal(true), differences: z.tuple([]) }),
    bad: [missingArgument, ['no-such-run', 'nor-this-one']],
  },
  {
    command: 'verify',
    good: ({ file }) => ['tct', file('broken.jws')],
    result: Report,
    exit: 1,
    bad: [missingArgument, ['passport', '-'], ['tct', '/nowhere']],
  },
  {
    command: 'probe',
    // Nobody listens there.
    good: () => ['http://127.0.0.1:1'],
    result: z.looseObject({ verdict: z.literal('refused'), exchanges: z.array(z.unknown()) }),
    exit: 1,
    bad: [missingArgument, ['nowhere'], ['http://127.0.0.1:1', '--pin', 'nobody']],
  },
  {
    command: 'conformance',
    good: () => ['--no-drafts'],
    result: z.looseObject({ total: z.int(), failed: z.literal(0), results: z.array(z.unknown()) }),
    bad: [['/nowhere']],
  },
  {
    command: 'bench',
    good: () => ['events', '--rounds', '1'],
    result: z.strictObject({ results: z.array(z.looseObject({ name: z.string() })).length(1) }),
    bad: [['no-such-benchmark'], ['--rounds', '0']],
  },
  {
    command: 'serve',
    good: () => [],
    result: z.strictObject({ address: z.url(), port: z.int(), pid: z.literal(process.pid) }),
    bad: [['more'], ['--port', 'x'], ['--cp', 'ftp://x'], ['--cp', 'http://127.0.0.1:1']],
  },
  {
    command: 'cp serve',
    good: () => ['--port', '0'],
    result: z.strictObject({
      base_url: z.url(),
      aid: z.string(),
      pid: z.literal(process.pid),
      ours: z.boolean(),
    }),
    bad: [['more'], ['--port', 'x']],
  },
  {
    command: 'doctor',
    good: () => [],
    result: z.strictObject({ findings: z.array(z.looseObject({ name: z.string(), state: z.string() })) }),
    bad: [['more']],
  },
]

const aborted = AbortSignal.abort()

let up: ConsoleUp
beforeAll(async () => {
  up = await openConsoleUp({ steps: [{ id: 'stay', type: 'wait', ms: 10_000 }] })
  return () => up.close()
})

const place: Place = {
  async ended() {
    const run_id = await place.still()
    await up.opened.client.call('cancelRun', { run_id })
    await endOf(up.opened.client, run_id)
    return run_id
  },
  async still() {
    const { run_id } = await up.opened.client.call('startRun', { scenario_ref: ofTheTest, paused: true })
    return run_id
  },
  file(name, text = '') {
    const file = join(temporaryFolder(), name)
    writeFileSync(file, text)
    return file
  },
  exported: (run_id) => up.opened.client.call('exportRun', { run_id }),
}

describe('the command line, with its exit codes (Appendix E 19)', () => {
  it('has these commands, each with its help', async () => {
    const documented = [...rows.map(({ command }) => command), 'cp', 'adapter'].sort()
    expect(
      [...(await commandsOf()), ...(await commandsOf('runs')), ...(await commandsOf('cp'))].sort(),
    ).toEqual(documented)
    for (const command of documented) {
      const { code, stdout, stderr } = await program([...command.split(' '), '--help'])
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: [] })
      expect(stdout).toMatch(new RegExp(`^Usage: aitp-console ${command}(\\|lint)?[ \n]`))
    }
  })

  test.each(rows)(
    '$command --json prints its result, and nothing else',
    async ({ command, good, result, exit }) => {
      const args = [...command.split(' '), ...(await good(place)), '--json']
      const ended = await attached(command, args)
      // The only command whose result is there and whose reason is not in it.
      if (command === 'run') expect(ended.stderr.map(codeOf)).toEqual(['run_timeout'])
      else expect(ended.stderr).toEqual([])
      expect(ended.code).toBe(exit ?? 0)
      for (const object of command === 'trace' ? ended.stdout.trim().split('\n') : [ended.stdout]) {
        expect(result.safeParse(JSON.parse(object)).error).toBeUndefined()
      }
    },
  )

  const lines = rows.flatMap(({ command, bad }) =>
    [...bad, ['--no-such-option']].map((args) => ({ line: [command, ...args].join(' '), command, args })),
  )
  test.each(lines)('refuses `$line` with 2, in words and as JSON', async ({ command, args }) => {
    const line = [...command.split(' '), ...args]
    const inWords = await attached(command, line)
    expect(inWords).toMatchObject({ code: 2, stdout: '' })
    const [sentence, ...before] = inWords.stderr.toReversed()
    expect(sentence).toMatch(/^aitp-console: .*\(\w+\)$/)
    // Nothing else but, where scenarios are read, which ones.
    expect(before.filter((told) => !told.includes('runs with the scenarios in'))).toEqual([])
    const asJson = await attached(command, [...line, '--json'])
    expect(asJson).toMatchObject({ code: 2, stdout: '' })
    const [code] = asJson.stderr.map(codeOf)
    expect(sentence).toContain(`(${code})`)
  })

  it('works with the scenarios of the console that is up, and says so, unless it is told which', async () => {
    const told = expect.stringContaining(join(up.home, '..', 'scenarios'))
    for (const [line, stderr] of [
      [['scenarios'], [told]],
      [['dry-run', ofTheTest], [told]],
      [['validate'], [told, '0 errors, 0 warnings']],
    ] as const) {
      expect(await attached('', line)).toMatchObject({ code: 0, stderr })
    }
    const asked = await attached('', ['scenarios', '--scenarios', shippedScenarios])
    expect(asked.stderr).toEqual([])
    expect(asked.stdout).not.toContain(ofTheTest)
    const run = await attached('', ['run', ofTheTest, '--timeout', '0.5'])
    expect(run).toMatchObject({ code: 1, stderr: expect.arrayContaining([told]) })
    const other = await attached('', ['run', researchAndWrite, '--scenarios', shippedScenarios, '--json'])
    expect(other).toMatchObject({ code: 2, stderr: [expect.stringContaining('host_differs')] })
  })

  it('ends with 3 when the fault is its own: a store that is no store', async () => {
    const home = temporaryFolder()
    writeFileSync(join(home, 'console.db'), 'no database'.repeat(1_000))
    const ended = await program(['runs', '--json'], { AITP_CONSOLE_HOME: home })
    expect({ code: ended.code, stderr: ended.stderr.map(codeOf) }).toEqual({
      code: 3,
      stderr: ['internal_error'],
    })
  })

  it('serves the Control Plane it was told to, and says where it listens as one object', async () => {
    const home = temporaryFolder()
    const serving = startCli(['serve', '--port', '0', '--cp', 'off', '--json'], { home })
    const { address, port, pid } = JSON.parse(await serving.line(/^\{/))
    expect(address).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#code=`))
    expect(pid).toBe(serving.child.pid)
    const again = (cp: string) => program(['serve', '--cp', cp], { AITP_CONSOLE_HOME: home })
    expect(await again('off')).toMatchObject({ code: 0 })
    expect(await again('embedded')).toMatchObject({
      code: 2,
      stderr: [expect.stringMatching(/with the Control Plane off, not embedded.*\(host_differs\)$/)],
    })
    const args = ['run', researchAndWrite, '--input', 'topic=x', '--json']
    const { stdout } = await program(args, { AITP_CONSOLE_HOME: home })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success', cp: 'off' })
  })
})

function codeOf(line: string): string {
  return ErrorBody.parse(JSON.parse(line)).error.code
}

/** A command beside the console that is up; one that goes on until Ctrl-C ends at once. */
function attached(command: string, args: readonly string[]) {
  return program(args, { AITP_CONSOLE_HOME: up.home }, command.endsWith('serve') ? aborted : undefined)
}

async function commandsOf(...parent: string[]): Promise<string[]> {
  const { stdout } = await program([...parent, '--help'])
  const listed = stdout.slice(stdout.indexOf('Commands:'))
  return [...listed.matchAll(/^ {2}([a-z-]+)/gm)]
    .map(([, name = '']) => [...parent, name].join(' '))
    .filter((name) => !name.endsWith('help'))
}
