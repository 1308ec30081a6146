import type { Command } from 'commander'
import { printable } from '../../../shared/printable.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { compareRuns, type Difference } from '../../observability/compare-runs.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import type { ExitCode } from '../outcome.ts'
import { namesFile, readRecord } from '../record-file.ts'
import { storedRunId } from '../stored-run-id.ts'
import type { Terminal } from '../terminal.ts'

export function addDiff(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('diff'))
    .description('compares two runs: agents, what came of each step, events in order, codes')
    .argument('<a>', 'a run id, or a file that `run --json` wrote')
    .argument('<b>', 'another')
    .option('--json', 'one JSON object')
    .action(async (a: string, b: string, options: ConsoleOptions) => {
      const [one, other] = await readBoth([a, b], options, terminal)
      const differences = compareRuns(one, other)
      const same = differences.length === 0
      if (options.json) terminal.write(`${JSON.stringify({ same, differences }, null, 2)}\n`)
      else if (same) terminal.tell('The two runs are alike.')
      else for (const difference of differences) terminal.write(`${text(difference)}\n`)
      if (!same) end(1)
    })
}

/** Asks for a host only where a run is named by its id. */
async function readBoth(
  [a, b]: readonly [string, string],
  options: ConsoleOptions,
  terminal: Terminal,
): Promise<[RunRecord, RunRecord]> {
  const files = [a, b].map(namesFile)
  if (files.every(Boolean)) return [readRecord(a), readRecord(b)]
  const opened = await openWith(options, terminal, { from: 0 })
  try {
    const read = async (run: string) =>
      namesFile(run)
        ? readRecord(run)
        : opened.client.call('getRun', { run_id: await storedRunId(opened.client, run) })
    return [await read(a), await read(b)]
  } finally {
    await opened.leave()
  }
}

function text({ part, where, a, b }: Difference): string {
  return [`${part} ${where}`, `  a  ${a ?? '–'}`, `  b  ${b ?? '–'}`].map(printable).join('\n')
}
