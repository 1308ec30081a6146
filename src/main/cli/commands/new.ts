import type { Command } from 'commander'
import { createScenario, validatePaths } from '../../registry/index.ts'
import { type ConsoleOptions, consoleOptions, scenariosDir } from '../console-options.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'
import { diagnosticLine } from './validate.ts'

export function addNew(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('new'))
    .description('writes a scenario of two agents that runs as it is')
    .argument('<ref>', '<pack>/<scenario>@<version>')
    .option('--json', 'one JSON object')
    .action(async (ref: string, options: ConsoleOptions) => {
      const root = await scenariosDir(options, terminal)
      const files = createScenario({ root, ref, shipped: terminal.paths.scenarios })
      // The agents that were there already may be others than the skeleton counts on.
      const errors = validatePaths(root, []).filter(
        ({ file, severity }) => severity === 'error' && file.startsWith(ref.replace('@', '/')),
      )
      if (options.json) terminal.write(`${JSON.stringify({ ref, files, diagnostics: errors }, null, 2)}\n`)
      else {
        for (const path of files) terminal.write(`${path}\n`)
        terminal.tell(`Next: \`run ${ref}\`, change the file, \`validate\`, and \`run\` again.`)
        for (const problem of errors) terminal.tell(diagnosticLine(problem))
      }
      if (errors.length > 0) end(1)
    })
}
