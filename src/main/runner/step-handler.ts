import type { FaultResult } from '../../shared/events.ts'
import type { AgentFault } from '../../shared/faults.ts'
import type { Operation } from '../store/event-log.ts'
import type { RunContext } from './run-context.ts'

/** How a fault changes what a step asks of the acting agent. */
export interface Mutation {
  /** What the agent itself has to do wrong. */
  readonly agentFault?: AgentFault | undefined
  /** In place of the peer's. */
  readonly manifestUrl?: string
  /** In place of the one that the step names. */
  readonly delegationToken?: string
  /** In place of the run's Control Plane. */
  readonly cpBaseUrl?: string
}

/** Who carried out which capability, for the event that says so. */
export interface CarriedOut {
  readonly agent: string
  readonly capability: string
  readonly target?: string
}

/** What a fault led to, in the words of a fault's result. */
export type Effect = Pick<FaultResult, 'error' | 'code' | 'check' | 'status_code'>

export const noEffect: Effect = { error: null, code: null, check: null, status_code: null }

/** What a step leaves when it did not fail. */
export interface StepOutcome {
  /** For `outputs`; claims in place of tokens. */
  readonly output: unknown
  /** For the event, where that is not the output. */
  readonly result?: unknown
  readonly carriedOut?: CarriedOut
  /** Why nothing was done. */
  readonly skipped?: string
  /** Its closing event is written already, and was another than `step.complete`. */
  readonly closed?: true
  /** What went wrong in a step that reports that and goes on; nothing when it is left out. */
  readonly effect?: Effect
  /** What the step itself hoped for and did not get; whether that fails the run is for `strict`. */
  readonly unmet?: string
}

/** Carries a step out. Rejects to fail it; the signal's reason when the run is over. */
export type StepHandler<AnyStep> = (
  step: AnyStep,
  context: RunContext,
  operation: Operation,
  mutation: Mutation,
) => Promise<StepOutcome>
