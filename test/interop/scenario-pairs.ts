import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { RunRecord } from '../../src/shared/run.ts'
import { type Direction, type Evidence, NotExercised, type Pair } from './pair.ts'

/** What a run with the example worker needs: the built program, and a Python with what that worker requires. */
export interface ScenarioScene {
  readonly root: string
  readonly python: string
}

const scenarios = ['research-and-write', 'trust-gate', 'revocation-demo']

/** Whole scenarios through the program itself, with one side in Python: the one that is called, then the caller. */
export const scenarioPairs: readonly Pair<ScenarioScene>[] = scenarios.flatMap((scenario) => [
  scenarioPair(scenario, sides(scenario).called, 'ours to peer'),
  scenarioPair(scenario, sides(scenario).calling, 'peer to ours'),
])

/** Which of the two agents is in Python. In the demonstration of revocation the writer calls. */
function sides(scenario: string) {
  return scenario === 'revocation-demo'
    ? ({ called: 'researcher', calling: 'writer' } as const)
    : ({ called: 'writer', calling: 'researcher' } as const)
}

function scenarioPair(scenario: string, inPython: string, direction: Direction): Pair<ScenarioScene> {
  return {
    artefact: `scenario ${scenario}`,
    direction,
    run: (scene, evidence) => runScenario(scene, `python/${scenario}-python-${inPython}@1.0.0`, evidence),
  }
}

async function runScenario(
  { root, python }: ScenarioScene,
  ref: string,
  evidence: Evidence,
): Promise<string> {
  const program = join(root, 'out', 'main', 'cli.js')
  if (!existsSync(program)) throw new NotExercised('the console is not built; run `npm run build`')
  const home = mkdtempSync(join(tmpdir(), 'aitp-interop-'))
  try {
    const examples = join(root, 'examples', 'scenarios')
    const args = ['run', ref, '--scenarios', examples, '--allow-programs', '--cp', 'off', '--json']
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        PATH: process.env['PATH'],
        AITP_CONSOLE_HOME: home,
        AGENT_BASE_PORT: '0',
        AGENT_PYTHON: python,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all([readText(child.stdout), readText(child.stderr)])
    if (stdout === '') throw new Error(stderr.trim())
    const record = RunRecord.parse(evidence.keep('record', JSON.parse(stdout)))
    if (record.status !== 'success') throw new Error(record.error ?? record.status)
    if (record.as_expected === false) throw new Error('the run did not come to what its scenario says')
    const handshakes = record.events.filter(({ type }) => type === 'handshake.complete').length
    return `${ref} ran to its end; ${handshakes} sides told of a handshake, ${Object.keys(record.outputs).length} steps left an output`
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
