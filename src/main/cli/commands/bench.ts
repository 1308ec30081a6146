import type { Command } from 'commander'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import { AppError } from '../../../shared/errors.ts'
import { benchmarks } from '../../bench/benchmarks.ts'
import type { Effort } from '../../bench/compare.ts'
import { type BenchResult, runBenchmark } from '../../bench/run.ts'
import type { ExitCode } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

interface BenchOptions {
  readonly rounds: string
  readonly json?: true
}

/** Short, so that what else the machine does falls on both sides alike. */
const SLICE_MS = 12
const WARM_UP_MS = 500

export function addBench(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('bench')
    .description('measures this library beside the bare native signatures inside the same work')
    .argument('[name...]', `${benchmarks.map(({ name }) => name).join(', ')} (default: all)`)
    .option('--rounds <number>', 'rounds of either side', '201')
    .option('--json', 'one JSON object')
    .action((names: readonly string[], options: BenchOptions) => {
      const effort = { rounds: roundsOf(options.rounds), sliceMs: SLICE_MS, warmUpMs: WARM_UP_MS }
      const results = chosen(names).map((benchmark) => measure(benchmark, effort, options, terminal))
      if (options.json) terminal.write(`${JSON.stringify({ results }, null, 2)}\n`)
      if (results.some(({ met }) => !met)) end(1)
    })
}

function measure(
  benchmark: (typeof benchmarks)[number],
  effort: Effort,
  { json }: BenchOptions,
  terminal: Terminal,
): BenchResult {
  const result = runBenchmark(benchmark, nodeEngine, effort)
  if (!json) print(result, terminal)
  return result
}

function print(result: BenchResult, terminal: Terminal): void {
  const { name, unit, signatures, oursPerSecond, barePerSecond, ratio, least, met, rounds } = result
  const inside = signatures === 1 ? 'the one native signature' : `the ${signatures} native signatures`
  terminal.write(`${name}: ${Math.round(oursPerSecond)} ${unit} a second\n`)
  terminal.write(`  ${inside} inside, alone: ${Math.round(barePerSecond)} a second\n`)
  terminal.write(`  ratio ${ratio.toFixed(3)}, at least ${least} is wanted: ${met ? 'met' : 'NOT met'}\n`)
  terminal.write(`  medians of ${rounds} interleaved rounds\n`)
  for (const row of result.profile ?? []) {
    terminal.write(`  ${(row.share * 100).toFixed(1).padStart(5)} %  ${row.name}\n`)
  }
}

function chosen(names: readonly string[]): typeof benchmarks {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown !== undefined) {
    throw new AppError(
      'usage',
      `there is no benchmark ${unknown}; there are ${benchmarks.map(({ name }) => name).join(' and ')}.`,
    )
  }
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name))
}

function roundsOf(text: string): number {
  const rounds = Number(text)
  if (Number.isSafeInteger(rounds) && rounds >= 1 && rounds <= 10_000) return rounds
  throw new AppError('usage', `--rounds takes a number from 1 to 10000, not "${text}".`)
}
