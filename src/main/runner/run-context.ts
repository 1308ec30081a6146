import type { Aitp } from '../../aitp/index.ts'
import { AppError } from '../../shared/errors.ts'
import type { FaultKind } from '../../shared/faults.ts'
import type { ControlPlane } from '../control-plane/client.ts'
import type { Report } from '../control-plane/report.ts'
import type { RunWebhooks } from '../control-plane/webhook-desk.ts'
import type { RunningAgent } from '../hosting/launch-agent.ts'
import type { Worker } from '../hosting/supervisor.ts'
import type { ResolvedScenario } from '../registry/index.ts'
import type { RunLog } from '../store/event-log.ts'
import type { FoundPeer } from '../trust/discovery.ts'
import { type Keepsakes, newestToken } from './keepsakes.ts'
import type { Pace } from './pace.ts'

/** What every phase and step of one run works with. */
export interface RunContext {
  readonly runId: string
  /** 32 hex digits: one W3C trace a run. */
  readonly traceId: string
  readonly aitp: Aitp
  readonly scenario: ResolvedScenario
  readonly inputs: Readonly<Record<string, unknown>>
  readonly controlPlane: ControlPlane | null
  /** What the Control Plane is told of this run; `null` where there is none. */
  readonly report: Report | null
  /** Where the Control Plane reports to this run. */
  readonly webhooks: RunWebhooks
  /** Where this host is reached from outside a run: for web hooks. */
  readonly hostUrl: string
  /** Faults for every exchange that is aimed at an agent, by its id. */
  readonly faultsAimedAt: ReadonlyMap<string, readonly FaultKind[]>
  readonly pace: Pace
  readonly log: RunLog
  /** Aborted by cancel, by a crashed agent, or by the host closing; `reason` says which. */
  readonly signal: AbortSignal
  /** The processes of the run whose end is not told yet. */
  readonly workers: Set<Worker>
  readonly agents: Map<string, RunningAgent>
  readonly peers: Map<string, FoundPeer>
  readonly outputs: Record<string, unknown>
  /** What steps left that later ones need and that outputs and events may not show. */
  readonly keepsakes: Keepsakes
  /** Stores the agents as they are now. */
  readonly recordAgents: () => void
}

export function agentOf(context: RunContext, agentId: string): RunningAgent {
  const agent = context.agents.get(agentId)
  if (!agent) {
    throw new AppError(
      'agent_not_running',
      `Agent ${agentId} runs elsewhere; it can be asked, but not told to act.`,
    )
  }
  return agent
}

/** The AID of an agent now. Throws `step_failed` while nobody knows it. */
export function aidOf(context: RunContext, agentId: string): string {
  const aid = context.agents.get(agentId)?.aid ?? context.peers.get(agentId)?.aid
  if (!aid) {
    throw new AppError(
      'step_failed',
      `Agent ${agentId} runs elsewhere and has no pinned_aid: shake hands with it first.`,
    )
  }
  return aid
}

/** The AID that `holder` holds its token of `issuer` under: the one that issued it, whatever key it has now. */
export function heldFrom(context: RunContext, holder: string, issuer: string): string {
  return newestToken(context.keepsakes, { holder, issuer })?.issuerAid ?? aidOf(context, issuer)
}

export function manifestUrlOf(context: RunContext, agentId: string): string {
  const peer = context.peers.get(agentId)
  if (!peer) throw new TypeError(`no address was resolved for ${agentId}`)
  return peer.manifest_url
}
