import type { Command } from 'commander'
import { printable } from '../../../shared/printable.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import type { Terminal } from '../terminal.ts'

export function addRuns(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('runs'))
    .description('lists the stored runs, the oldest first')
    .option('--json', 'one JSON object')
    .action(async (options: ConsoleOptions & { json?: true }) => {
      const opened = await openWith(options, terminal, { from: 0 })
      try {
        const { runs } = await opened.client.call('listRuns', {})
        if (options.json) {
          terminal.write(`${JSON.stringify({ runs }, null, 2)}\n`)
          return
        }
        for (const { run_id, status, created_at, scenario_ref, template, run_label } of runs) {
          const started = new Date(created_at * 1000).toISOString()
          const more = [
            template === null ? '' : ` (template ${template})`,
            run_label === null ? '' : `  ${run_label}`,
          ]
          terminal.write(
            `${printable(`${run_id}  ${status.padEnd(11)}  ${started}  ${scenario_ref}${more.join('')}`)}\n`,
          )
        }
        if (runs.length === 0) terminal.tell('No run is stored in this data folder yet.')
      } finally {
        await opened.leave()
      }
    })
}
