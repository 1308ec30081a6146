import type { Command } from 'commander'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import { storedRunId } from '../stored-run-id.ts'
import type { Terminal } from '../terminal.ts'

const moves = {
  pause: { call: 'pauseRun', does: 'has a run stand still before its next step' },
  resume: { call: 'resumeRun', does: 'lets a paused run go on' },
  step: { call: 'stepRun', does: 'lets a paused run do one step' },
} as const

/** `pause`, `resume` and `step`, for a run that another command or the window has started. */
export function addPace(program: Command, terminal: Terminal): void {
  for (const [name, { call, does }] of Object.entries(moves)) {
    consoleOptions(program.command(name))
      .description(does)
      .argument('<run-id>', 'an id, or its beginning')
      .option('--json', 'one JSON object')
      .action(async (given: string, options: ConsoleOptions) => {
        const opened = await openWith(options, terminal, { from: 0 })
        try {
          const runId = await storedRunId(opened.client, given)
          const answer = await opened.client.call(call, { run_id: runId })
          if (options.json) terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
          else
            terminal.tell(`Run ${runId} ${answer.paused ? 'stands still before its next step' : 'goes on'}.`)
        } finally {
          await opened.leave()
        }
      })
  }
}
