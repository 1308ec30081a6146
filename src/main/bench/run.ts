import type { Engine } from '../../aitp/index.ts'
import type { Benchmark } from './benchmarks.ts'
import { type Comparison, compare, type Effort } from './compare.ts'
import { type ProfileRow, profile } from './profile.ts'

export interface BenchResult extends Comparison {
  readonly name: string
  readonly unit: string
  /** How many native signatures one unit has inside. */
  readonly signatures: number
  readonly least: number
  readonly met: boolean
  /** Where the time goes, when the ratio is below the least. */
  readonly profile: readonly ProfileRow[] | null
}

const PROFILE_MS = 2000
const PROFILE_ROWS = 15

export function runBenchmark(
  { name, unit, least, prepare }: Benchmark,
  engine: Engine,
  effort: Effort,
): BenchResult {
  const { signatures, ...pair } = prepare(engine)
  const comparison = compare(pair, effort)
  const met = comparison.ratio >= least
  const rows = met ? null : profile(pair.ours, PROFILE_MS).slice(0, PROFILE_ROWS)
  return { name, unit, signatures, least, met, ...comparison, profile: rows }
}
