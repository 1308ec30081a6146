import type { Registry } from '../../src/main/registry/index.ts'
import { Random } from '../fuzz/random.ts'

/** One run of the campaign; the same seed and number make it again. */
export interface PlannedRun {
  readonly ref: string
  /** Cancelled at the first event of this step; `null` runs to its end. */
  readonly cancelAt: string | null
}

const cancelledEvery = 5

export function planRun(seed: number, index: number, { scenarios }: Registry): PlannedRun {
  const random = new Random(seed, index)
  const { ref, scenario } = random.pick(scenarios)
  const step = random.pick(scenario.spec.workflow.steps)
  return { ref, cancelAt: index % cancelledEvery === cancelledEvery - 1 ? step.id : null }
}
