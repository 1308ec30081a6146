import { type Command, Option } from 'commander'
import type { CallInput } from '../../../shared/contract.ts'
import { printable } from '../../../shared/printable.ts'
import { RunStatus, type RunSummary } from '../../../shared/run.ts'
import { type ConsoleOptions, consoleOptions, openWith } from '../console-options.ts'
import type { Terminal } from '../terminal.ts'
import { addRunFiles } from './run-files.ts'

interface RunsOptions extends ConsoleOptions {
  readonly status?: RunStatus
  readonly scenario?: string
  readonly agent?: string
  readonly label?: string
  readonly since?: string
  readonly until?: string
  readonly newest?: true
  readonly limit?: string
}

export function addRuns(program: Command, terminal: Terminal): void {
  const runs = consoleOptions(program.command('runs'))
    .description('lists the stored runs, the oldest first; hands them on, takes them in and deletes them')
    .addOption(new Option('--status <status>', 'only these').choices(RunStatus.options))
    .option('--scenario <ref>', 'of one scenario, or of all that begin like this')
    .option('--agent <id>', 'with an agent of this id or AID')
    .option('--label <text>', 'with this in their label')
    .option('--since <time>', 'created then or later: Unix seconds, a date, or a time with its offset')
    .option('--until <time>', 'created before')
    .option('--newest', 'the newest first')
    .option('--limit <number>', 'at most so many')
    .option('--json', 'one JSON object')
    .action(async (options: RunsOptions) => {
      const opened = await openWith(options, terminal, { from: 0 })
      try {
        const found = await opened.client.call('listRuns', filterOf(options))
        if (options.json) {
          terminal.write(`${JSON.stringify(found, null, 2)}\n`)
          return
        }
        for (const run of found.runs) terminal.write(`${printable(lineOf(run))}\n`)
        if (found.runs.length < found.total) {
          terminal.tell(`${found.runs.length} of ${found.total} runs.`)
        }
        if (found.total === 0) terminal.tell('No such run is stored in this data folder.')
      } finally {
        await opened.leave()
      }
    })
  addRunFiles(runs, terminal)
}

function filterOf({
  status,
  scenario,
  agent,
  label,
  since,
  until,
  newest,
  limit,
}: RunsOptions): CallInput<'listRuns'> {
  return { status, scenario, agent, label, since, until, limit, order: newest ? 'newest' : 'oldest' }
}

function lineOf({
  run_id,
  status,
  created_at,
  scenario_ref,
  template,
  run_label,
  imported,
}: RunSummary): string {
  const started = new Date(created_at * 1000).toISOString()
  const more = [
    template === null ? '' : ` (template ${template})`,
    imported ? ' (imported)' : '',
    run_label === null ? '' : `  ${run_label}`,
  ]
  return `${run_id}  ${status.padEnd(11)}  ${started}  ${scenario_ref}${more.join('')}`
}
