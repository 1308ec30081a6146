import type { Command } from 'commander'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import { benchmarks } from '../../bench/benchmarks.ts'
import { controlPlaneWorkload, runControlPlaneBench } from '../../bench/control-plane/run.ts'
import { eventsWorkload, runEventsBench } from '../../bench/events/run.ts'
import { runProcessBench } from '../../bench/processes/run.ts'
import { workloads } from '../../bench/processes/workload.ts'
import { runBenchmark } from '../../bench/run.ts'
import { benchLines, controlPlaneBenchLines, eventsBenchLines, processBenchLines } from '../bench-lines.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface BenchOptions {
  readonly rounds?: string
  readonly json?: true
}

/** Short, so that what else the machine does falls on both sides alike. */
const SLICE_MS = 12
const WARM_UP_MS = 500
const ROUNDS = 201
/** A round of these takes seconds. */
const PROCESS_ROUNDS = 3
const EVENT_ROUNDS = 9

const known: readonly string[] = [...[...benchmarks, ...workloads].map(({ name }) => name), 'events', 'cp']

export function addBench(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('bench')
    .description('measures this program beside the least that could do the same work, in the same run')
    .argument('[name...]', `${known.join(', ')} (default: all)`)
    .option(
      '--rounds <number>',
      `rounds of either side (default: ${ROUNDS}, of processes ${PROCESS_ROUNDS}, of events ${EVENT_ROUNDS})`,
    )
    .option('--json', 'one JSON object')
    .action(async (names: readonly string[], { rounds, json }: BenchOptions) => {
      const wanted = chosen(names)
      const asked = rounds === undefined ? null : roundsOf(rounds)
      const results: unknown[] = []
      const tell = (result: unknown, lines: readonly string[]) => {
        results.push(result)
        if (!json) for (const line of lines) terminal.write(`${line}\n`)
      }
      for (const benchmark of benchmarks.filter(({ name }) => wanted.has(name))) {
        const effort = { rounds: asked ?? ROUNDS, sliceMs: SLICE_MS, warmUpMs: WARM_UP_MS }
        const result = runBenchmark(benchmark, nodeEngine, effort)
        tell(result, benchLines(result))
        if (!result.met) end(1)
      }
      for (const workload of workloads.filter(({ name }) => wanted.has(name))) {
        const result = await runProcessBench(workload, asked ?? PROCESS_ROUNDS, terminal.paths)
        tell(result, processBenchLines(result))
      }
      if (wanted.has('events')) {
        const result = await runEventsBench(eventsWorkload, asked ?? EVENT_ROUNDS)
        tell(result, eventsBenchLines(result))
      }
      if (wanted.has('cp')) {
        const result = await runControlPlaneBench(controlPlaneWorkload)
        tell(result, controlPlaneBenchLines(result))
        if (result.stored < result.events) end(1)
      }
      if (json) terminal.write(`${JSON.stringify({ results }, null, 2)}\n`)
    })
}

function chosen(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new AppError('usage', `there is no benchmark ${unknown}; there are ${known.join(', ')}.`)
  }
  return new Set(names.length === 0 ? known : names)
}

function roundsOf(text: string): number {
  const rounds = Number(text)
  if (Number.isSafeInteger(rounds) && rounds >= 1 && rounds <= 10_000) return rounds
  throw new AppError('usage', `--rounds takes a number from 1 to 10000, not "${text}".`)
}
