import type { AdminTarget } from '../hosting/admin-client.ts'
import type { Worker } from '../hosting/supervisor.ts'
import type { ResolvedScenario } from '../registry/index.ts'
import type { Operation, RunLog } from '../store/event-log.ts'
import type { FoundPeer } from '../trust/discovery.ts'

/** An agent of a run once its process listens. */
export interface RunningAgent extends AdminTarget {
  readonly aid: string
  readonly worker: Worker
}

/** What every phase and step of one run works with. */
export interface RunContext {
  readonly runId: string
  /** 32 hex digits: one W3C trace a run. */
  readonly traceId: string
  readonly scenario: ResolvedScenario
  readonly inputs: Readonly<Record<string, unknown>>
  readonly log: RunLog
  /** Aborted by cancel, by a crashed agent, or by the host closing; `reason` says which. */
  readonly signal: AbortSignal
  readonly agents: Map<string, RunningAgent>
  readonly peers: Map<string, FoundPeer>
  readonly outputs: Record<string, unknown>
}

/** What a step leaves: its output, `undefined` for none. */
export type StepHandler<AnyStep> = (
  step: AnyStep,
  context: RunContext,
  operation: Operation,
) => Promise<unknown>

export function agentOf(context: RunContext, agentId: string): RunningAgent {
  const agent = context.agents.get(agentId)
  if (!agent) throw new TypeError(`agent ${agentId} is not running; the scenario was not validated`)
  return agent
}
