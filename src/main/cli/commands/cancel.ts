import type { Command } from 'commander'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import type { ExitCode } from '../outcome.ts'
import { storedRunId } from '../stored-run-id.ts'
import type { Terminal } from '../terminal.ts'

export function addCancel(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('cancel'))
    .description('stops a run that is going on; its agents are gone when the command ends')
    .argument('<run-id>', 'an id, or its beginning')
    .option('--json', 'one JSON object')
    .action(async (given: string, options: ConsoleOptions) => {
      const opened = await openWith(options, terminal, { from: 0 })
      try {
        const runId = await storedRunId(opened.client, given)
        const answer = await opened.client.call('cancelRun', { run_id: runId })
        const { cancelled, status } = answer
        if (options.json) terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
        else if (cancelled) terminal.tell(`Run ${runId} is cancelled.`)
        else terminal.tell(`Run ${runId} had ended before: its status is ${status}.`)
        if (!cancelled) end(1)
      } finally {
        await opened.leave()
      }
    })
}
