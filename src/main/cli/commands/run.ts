import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { createNarrator } from '../../../shared/narration/narrate.ts'
import { allowedPrograms } from '../../allowed-programs.ts'
import { effectiveInputs, findScenario, loadRegistry } from '../../registry/index.ts'
import {
  type ConsoleOptions,
  consoleOptions,
  controlPlaneChoice,
  dataDir,
  openWith,
  scenariosDir,
} from '../console-options.ts'
import { followRun } from '../follow-run.ts'
import { inputOption, parseInputs } from '../inputs-option.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface RunOptions extends ConsoleOptions {
  readonly input: readonly string[]
  readonly template?: string
  readonly label?: string
  readonly runId?: string
  readonly timeout?: string
  readonly plain?: true
  readonly cp?: string
  readonly pause?: true
  readonly allowPrograms?: true
  readonly dangerouslyPlaygroundSeeds?: true
}

export function addRun(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  consoleOptions(program.command('run'))
    .description('runs a scenario to its end, narrating to standard error')
    .argument('<ref>', '<pack>/<scenario>@<version>')
    .addOption(inputOption())
    .option('--template <name>', 'a template of the scenario')
    .option('--label <text>', 'a label to find the run by')
    .option('--run-id <uuid>', 'the id of the run; same workspace, same id: same agent identities')
    .option('--timeout <seconds>', 'cancel the run after this long')
    .option(
      '--cp <embedded|off|url>',
      'the Control Plane of this run (default: CP_BASE_URL where it is set, else the one inside)',
    )
    .option('--allow-programs', 'let the scenarios of this folder start programs of their own, now and later')
    .option('--pause', 'stand still before the first step until somebody lets the run go on')
    .option(
      '--dangerously-playground-seeds',
      'derive the agents’ keys from the run id alone: anybody who knows it has them',
    )
    .option('--plain', 'narrate in plain language, with the section of the specification')
    .option('--json', 'print the run record as one JSON object instead of narrating')
    .action(async (ref: string, options: RunOptions) => {
      end(await run(ref, options, terminal))
    })
}

async function run(ref: string, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const cp = options.cp === undefined ? undefined : controlPlaneChoice(options.cp)
  const timeoutMs = options.timeout === undefined ? null : seconds(options.timeout) * 1000
  const scenarios = await scenariosDir(options, terminal)
  // Read here too, so that a broken file or a wrong input is told before a host is started.
  const scenario = findScenario(loadRegistry(scenarios), ref, options.template ?? null)
  if (!options.allowPrograms) {
    const programs = allowedPrograms(dataDir(options, terminal))
    programs.require(scenarios, scenario.manifests)
  }
  const inputs = parseInputs(options.input, scenario.scenario.spec.inputs.schema)
  effectiveInputs(scenario.scenario, inputs)
  const opened = await openWith({ ...options, scenarios }, terminal, { from: 0 })
  try {
    const { run_id } = await opened.client.call('startRun', {
      scenario_ref: ref,
      inputs,
      template: options.template ?? null,
      run_label: options.label ?? null,
      ...(options.runId === undefined ? {} : { run_id: options.runId }),
      cp,
      paused: options.pause ?? false,
      allow_programs: options.allowPrograms ?? false,
      dangerously_playground_seeds: options.dangerouslyPlaygroundSeeds ?? false,
    })
    if (!options.json) terminal.tell(`run ${run_id}`)
    let timedOut = false
    const cancel = () => void opened.client.call('cancelRun', { run_id }).catch(() => undefined)
    const timer =
      timeoutMs === null
        ? undefined
        : setTimeout(() => {
            timedOut = true
            cancel()
          }, timeoutMs)
    terminal.interrupt.addEventListener('abort', cancel, { once: true })
    const narrate = createNarrator(options.plain ? 'plain' : 'terms')
    await followRun(opened.client, run_id, (event) => {
      if (options.json) return
      terminal.tell(narrate(event))
      if (event.type === 'run.paused') {
        terminal.tell(`Go on from another terminal: step ${run_id} for one step, or resume ${run_id}.`)
      }
    })
    clearTimeout(timer)
    const record = await opened.client.call('getRun', { run_id })
    if (options.json) terminal.write(`${JSON.stringify(record)}\n`)
    else if (record.status === 'success') terminal.tell(`outputs: ${Object.keys(record.outputs).join(', ')}`)
    if (!options.json && record.as_expected !== null)
      terminal.tell(
        record.as_expected ? 'This is what the scenario expects.' : 'The scenario expects something else.',
      )
    if (timedOut) throw new AppError('run_timeout', `The run was cancelled after ${options.timeout} s.`)
    return record.status === 'success' ? 0 : 1
  } finally {
    await opened.leave()
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new AppError('usage', `--timeout takes a number of seconds above 0, not "${text}".`)
}
