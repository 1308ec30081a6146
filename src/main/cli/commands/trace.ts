import type { Command } from 'commander'
import type { RunEvent } from '../../../shared/events.ts'
import { createNarrator } from '../../../shared/narration/narrate.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import { followRun } from '../follow-run.ts'
import type { ExitCode } from '../outcome.ts'
import { namesFile, readRecord } from '../record-file.ts'
import { storedRunId } from '../stored-run-id.ts'
import type { Terminal } from '../terminal.ts'

interface TraceOptions extends ConsoleOptions {
  readonly follow?: true
  readonly plain?: true
}

export function addTrace(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('trace'))
    .description('narrates a run')
    .argument('<run>', 'a run id, or a file that `run --json` wrote')
    .option('--follow', 'go on until the run ends')
    .option('--plain', 'in plain language, with the section of the specification')
    .option('--json', 'one event a line')
    .action(async (run: string, options: TraceOptions) => {
      const narrate = createNarrator(options.plain ? 'plain' : 'terms')
      const print = (event: RunEvent) =>
        terminal.write(`${options.json ? JSON.stringify(event) : narrate(event)}\n`)
      const status = namesFile(run) ? traceFile(run, print) : await traceStored(run, options, terminal, print)
      if (status === 'failed') end(1)
    })
}

function traceFile(file: string, print: (event: RunEvent) => void): string {
  const { events, status } = readRecord(file)
  for (const event of events) print(event)
  return status
}

async function traceStored(
  given: string,
  options: TraceOptions,
  terminal: Terminal,
  print: (event: RunEvent) => void,
): Promise<string> {
  const opened = await openWith(options, terminal, { from: 0 })
  try {
    const runId = await storedRunId(opened.client, given)
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
