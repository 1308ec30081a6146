import { Command, CommanderError } from 'commander'
import { AppError } from '../../shared/errors.ts'
import { addAdapter } from './commands/adapter.ts'
import { addBench } from './commands/bench.ts'
import { addCancel } from './commands/cancel.ts'
import { addConformance } from './commands/conformance.ts'
import { addControlPlane } from './commands/cp.ts'
import { addDiff } from './commands/diff.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDryRun } from './commands/dry-run.ts'
import { addNew } from './commands/new.ts'
import { addPace } from './commands/pace.ts'
import { addProbe } from './commands/probe.ts'
import { addRun } from './commands/run.ts'
import { addRuns } from './commands/runs.ts'
import { addScenarios } from './commands/scenarios.ts'
import { addServe } from './commands/serve.ts'
import { addTrace } from './commands/trace.ts'
import { addValidate } from './commands/validate.ts'
import { addVerify } from './commands/verify.ts'
import { type ErrorForm, type ExitCode, reportFailure } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line and says how it ended. Nothing here ends the process. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const end = (code: ExitCode) => {
    exitCode = code
  }
  const program = new Command('aitp-console')
    .description(
      'Starts AI agents as real processes and shows how they prove, grant and refuse trust under AITP.',
    )
    .version(terminal.version)
    // What stands behind a command is that command's: `runs` and `runs export` share the names of options.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.write(text), writeErr: () => undefined })
    .showSuggestionAfterError()
  addScenarios(program, terminal)
  addValidate(program, terminal, end)
  addNew(program, terminal, end)
  addDryRun(program, terminal)
  addRun(program, terminal, end)
  addRuns(program, terminal)
  addCancel(program, terminal, end)
  addPace(program, terminal)
  addTrace(program, terminal, end)
  addDiff(program, terminal, end)
  addVerify(program, terminal, end)
  addProbe(program, terminal, end)
  addConformance(program, terminal, end)
  addAdapter(program, terminal)
  addBench(program, terminal, end)
  addServe(program, terminal)
  addControlPlane(program, terminal)
  addDoctor(program, terminal, end)
  for (const command of program.commands) command.copyInheritedSettings(program)
  const form: ErrorForm = wantsJson(args) ? 'json' : 'sentence'
  const fail = (error: unknown) => reportFailure(error, form, terminal.tell)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      if (error.code === 'commander.help' && form === 'sentence') {
        terminal.tell(program.helpInformation())
        return 2
      }
      return fail(new AppError('usage', usageSentence(error.message)))
    }
    return fail(error)
  }
}

/** Read off the line itself: one that cannot be understood has no options yet. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

function usageSentence(message: string): string {
  const sentence = message
    .replace(/^error: /, '')
    .replace(/\n/g, ' ')
    .trim()
  return `${sentence}${/[.?)]$/.test(sentence) ? '' : ';'} run \`aitp-console --help\` for what there is`
}
