import type { Registry } from '../../src/main/registry/index.ts'
import { Random } from '../fuzz/random.ts'

/** One run of the campaign; the same seed and number make it again. */
export interface PlannedRun {
  readonly ref: string
  /**
   * What happens to it at the first event of a step: `cancel` stops the run, `kill` ends the process of an agent from
   * outside. `null` lets it come to its end.
   */
  readonly interruption: { readonly how: 'cancel' | 'kill'; readonly stepId: string } | null
}

/** Every fifth run is cancelled, every tenth loses an agent. */
const cycle = ['run', 'run', 'run', 'run', 'cancel', 'run', 'run', 'kill', 'run', 'cancel'] as const

export function planRun(seed: number, index: number, { scenarios }: Registry): PlannedRun {
  const random = new Random(seed, index)
  const { ref, scenario } = random.pick(scenarios)
  const { id: stepId } = random.pick(scenario.spec.workflow.steps)
  const how = cycle[index % cycle.length] ?? 'run'
  return { ref, interruption: how === 'run' ? null : { how, stepId } }
}
