import type { Command } from 'commander'
import { loadRegistry } from '../../registry/index.ts'
import { type ConsoleOptions, consoleOptions, scenariosDir } from '../console-options.ts'
import type { Terminal } from '../terminal.ts'
import { diagnosticLine } from './validate.ts'

export function addScenarios(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('scenarios'))
    .description('lists what can run')
    .option('--json', 'one JSON object')
    .action((options: ConsoleOptions & { json?: true }) => {
      const { scenarios, diagnostics } = loadRegistry(scenariosDir(options, terminal))
      if (options.json) {
        const list = scenarios.map(({ ref, scenario, templates }) => ({
          ref,
          metadata: scenario.metadata,
          templates: templates.map(({ metadata }) => metadata.name),
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
