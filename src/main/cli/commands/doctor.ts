import type { Command } from 'commander'
import { examine } from '../../doctor.ts'
import { type ConsoleOptions, consoleOptions, dataDir, scenariosDir } from '../console-options.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

export function addDoctor(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('doctor'))
    .description('checks this machine and says how to mend each problem')
    .option('--json', 'one JSON object')
    .action(async (options: ConsoleOptions) => {
      const findings = await examine({
        dataDir: dataDir(options, terminal),
        scenariosDir: await scenariosDir(options, terminal),
        paths: terminal.paths,
        environment: terminal.environment,
      })
      if (options.json) terminal.write(`${JSON.stringify({ findings }, null, 2)}\n`)
      else {
        for (const { name, state, found, mend } of findings) {
          terminal.write(
            `${{ ok: '✓', note: '–', problem: '✕' }[state]} ${name}: ${found}${mend === null ? '' : ` → ${mend}`}\n`,
          )
        }
      }
      if (findings.some(({ state }) => state === 'problem')) end(1)
    })
}
