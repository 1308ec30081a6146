import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import type { RunEvent } from '../../../shared/events.ts'
import { RunRecord } from '../../../shared/run.ts'
import { narrate } from '../../observability/narrator.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import { followRun } from '../follow-run.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface TraceOptions extends ConsoleOptions {
  readonly follow?: true
  readonly json?: true
}

export function addTrace(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('trace'))
    .description('narrates a run')
    .argument('<run>', 'a run id, or a file that `run --json` wrote')
    .option('--follow', 'go on until the run ends')
    .option('--json', 'one event a line')
    .action(async (run: string, options: TraceOptions) => {
      const print = (event: RunEvent) =>
        terminal.write(`${options.json ? JSON.stringify(event) : narrate(event)}\n`)
      if (!existsSync(run) && /[\\/.]/.test(run)) throw new AppError('usage', `There is no file ${run}.`)
      const status = existsSync(run)
        ? traceFile(run, print)
        : await traceStored(run, options, terminal, print)
      if (status === 'failed') end(1)
    })
}

function traceFile(file: string, print: (event: RunEvent) => void): string {
  const record = RunRecord.safeParse(parseJson(file))
  if (!record.success) {
    const member = record.error.issues[0]?.path.join('.')
    throw new AppError(
      'usage',
      `${file} is no run record that \`run --json\` wrote${member ? `: its ${member} is missing or of another form` : ''}.`,
    )
  }
  for (const event of record.data.events) print(event)
  return record.data.status
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new AppError('usage', `${file} is not JSON; give a run id or a file that \`run --json\` wrote.`, {
      cause,
    })
  }
}

async function traceStored(
  runId: string,
  options: TraceOptions,
  terminal: Terminal,
  print: (event: RunEvent) => void,
): Promise<string> {
  const opened = await openWith(options, terminal, { from: 0 })
  try {
    if (options.follow) {
      await followRun(opened.client, runId, print, terminal.interrupt)
    } else {
      const { events } = await opened.client.call('getRun', { run_id: runId })
      for (const event of events) print(event)
    }
    const { status } = await opened.client.call('getRunStatus', { run_id: runId })
    return status
  } finally {
    await opened.leave()
  }
}
