import type { Command } from 'commander'
import { printable } from '../../../shared/printable.ts'
import type { Diagnostic } from '../../../shared/scenario.ts'
import { validatePaths } from '../../registry/index.ts'
import { type ConsoleOptions, consoleOptions, scenariosDir } from '../console-options.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

export function addValidate(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('validate'))
    .alias('lint')
    .description('names problems in scenario files as file:line:column rule message')
    .argument('[path...]', 'files or folders of the scenario folder (default: all of it)')
    .option('--json', 'one JSON object')
    .action(async (paths: string[], options: ConsoleOptions) => {
      const diagnostics = validatePaths(await scenariosDir(options, terminal), paths)
      const errors = diagnostics.filter(({ severity }) => severity === 'error').length
      const warnings = diagnostics.length - errors
      if (options.json) terminal.write(`${JSON.stringify({ diagnostics }, null, 2)}\n`)
      else {
        for (const problem of diagnostics) terminal.write(`${diagnosticLine(problem)}\n`)
        terminal.tell(
          `${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`,
        )
      }
      if (errors > 0) end(1)
    })
}

export function diagnosticLine({ file, line, column, severity, rule, message }: Diagnostic): string {
  return printable(`${file}:${line}:${column} ${rule} ${severity === 'warning' ? 'warning: ' : ''}${message}`)
}
