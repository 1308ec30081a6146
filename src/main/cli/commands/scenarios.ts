import type { Command } from 'commander'
import { scenarioListEntry, templateEntries } from '../../api/handlers/scenarios.ts'
import { loadRegistry } from '../../registry/index.ts'
import { type ConsoleOptions, consoleOptions, scenariosDir } from '../console-options.ts'
import type { Terminal } from '../terminal.ts'
import { diagnosticLine } from './validate.ts'

export function addScenarios(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('scenarios'))
    .description('lists what can run')
    .option('--json', 'one JSON object')
    .action(async (options: ConsoleOptions) => {
      const { scenarios, diagnostics } = loadRegistry(await scenariosDir(options, terminal))
      if (options.json) {
        const list = scenarios.map((version) => ({
          ...scenarioListEntry(version),
          templates: templateEntries(version),
        }))
        terminal.write(`${JSON.stringify({ scenarios: list, diagnostics }, null, 2)}\n`)
        return
      }
      const width = Math.max(0, ...scenarios.map(({ ref }) => ref.length))
      for (const { ref, scenario } of scenarios)
        terminal.write(`${ref.padEnd(width)}  ${scenario.metadata.name}\n`)
      for (const problem of diagnostics.filter(({ severity }) => severity === 'error')) {
        terminal.tell(diagnosticLine(problem))
      }
      if (scenarios.length === 0)
        terminal.tell('There is no scenario here that can run; `validate` says why.')
    })
}
