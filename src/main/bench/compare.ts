/** What is measured, and what is measured beside it. Each call does one unit of work. */
export interface Pair {
  readonly ours: () => void
  /** The native signatures inside that unit of work, and nothing else. */
  readonly bare: () => void
}

export interface Effort {
  readonly rounds: number
  /** How long one side of a round takes. */
  readonly sliceMs: number
  /** How long each side runs before anything counts. */
  readonly warmUpMs: number
}

export interface Comparison {
  readonly rounds: number
  /** Units a second: the median of the rounds. */
  readonly oursPerSecond: number
  readonly barePerSecond: number
  /** Ours over bare, the median of the rounds. */
  readonly ratio: number
}

/** Rounds of both sides in turn, so that a busy machine slows them alike; the side that begins changes. */
export function compare({ ours, bare }: Pair, { rounds, sliceMs, warmUpMs }: Effort): Comparison {
  const units = { ours: unitsIn(ours, sliceMs, warmUpMs), bare: unitsIn(bare, sliceMs, warmUpMs) }
  const measured = Array.from({ length: rounds }, (_, round) => {
    if (round % 2 === 0) return { ours: rate(ours, units.ours), bare: rate(bare, units.bare) }
    const first = rate(bare, units.bare)
    return { ours: rate(ours, units.ours), bare: first }
  })
  return {
    rounds,
    oursPerSecond: median(measured.map((round) => round.ours)),
    barePerSecond: median(measured.map((round) => round.bare)),
    ratio: median(measured.map((round) => round.ours / round.bare)),
  }
}

/** How many units fill a slice once everything is warm. */
function unitsIn(act: () => void, sliceMs: number, warmUpMs: number): number {
  const start = performance.now()
  let units = 0
  while (performance.now() - start < warmUpMs) {
    act()
    units++
  }
  return Math.max(1, Math.round((units * sliceMs) / warmUpMs))
}

function rate(act: () => void, units: number): number {
  const start = performance.now()
  for (let unit = 0; unit < units; unit++) act()
  return (units * 1000) / (performance.now() - start)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** The smallest value that the share of all values does not exceed; `share` is 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}
