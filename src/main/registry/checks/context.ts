import type { ScenarioFile } from '../../../shared/scenario.ts'
import type { SingleStep, Step } from '../../../shared/steps.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'

/** What the checks of one step may look at. */
export interface StepContext {
  readonly scenario: ScenarioFile
  /** What each agent offers, by id; without agents that run elsewhere or whose manifest could not be read. */
  readonly offered: ReadonlyMap<string, readonly string[]>
  /** The steps that have ended when this one starts, in order; members of groups one by one. */
  readonly earlier: readonly Exclude<Step, { type: 'parallel' }>[]
  /** Every step of the scenario, in order, for telling "later" from "nowhere". */
  readonly all: readonly Exclude<Step, { type: 'parallel' }>[]
}

export type StepCheck<AnyStep = SingleStep> = (step: AnyStep, path: Path, context: StepContext) => Problem[]

export function agentIds({ spec }: ScenarioFile): string[] {
  return spec.agents.map(({ id }) => id)
}

/** Agents that the console does not start; they can be called and cannot be told to act. */
export function isRemote(id: string, { spec }: ScenarioFile): boolean {
  return spec.agents.some((agent) => agent.id === id && agent.manifest_url !== undefined)
}
