import type { Aid } from '../../../src/aitp/index.ts'
import { decidingStages, type StageFact } from '../../../src/shared/gate.ts'
import type { Report } from '../../../src/shared/report.ts'
import type { Agent } from '../agent.ts'
import { limits } from '../limits.ts'
import type { Refusal } from '../refusal.ts'
import { checkTrust, type Presentation } from './check-trust.ts'
import type { Requirement } from './required-grant.ts'
import { notReached, skipped, startStage } from './stages.ts'

export interface CapabilityCall extends Presentation {
  readonly requirement: Requirement
  readonly bytes: number
  /** How deep the payload is nested; 0 for a text. */
  readonly nesting: number
  /** Calls of this agent's capabilities that are being carried out. */
  readonly running: number
}

export interface GateVerdict {
  readonly stages: StageFact[]
  /** Who was let in; `null` when refused. */
  readonly caller: Aid | null
  readonly refusal: Refusal | null
  /** Of a refusal. */
  readonly headers: Readonly<Record<string, string>>
  /** The ladder of the presented token or proof; `null` when the call was refused before it was looked at. */
  readonly report: Report | null
}

/** Stages 1 to 6 of a capability call, in order; the first refusal ends it, and what is off says so. */
export function decide(agent: Agent, call: CapabilityCall): GateVerdict {
  const killState = skipped('kill_state', 'this version has no kill switch')
  const limited = checkLimits(call)
  if (limited.refusal) {
    const stages = withRest([killState, limited.fact])
    return { stages, caller: null, refusal: limited.refusal, headers: {}, report: null }
  }
  const { facts, ...verdict } = checkTrust(agent, call, call.requirement)
  const reached = [killState, limited.fact, ...facts]
  if (verdict.refusal) return { ...verdict, stages: withRest(reached) }
  const off = [
    skipped('policy', 'this version has no policy engine'),
    skipped('payment', 'this capability costs nothing'),
  ]
  return { ...verdict, stages: [...reached, ...off] }
}

function withRest(reached: StageFact[]): StageFact[] {
  return [...reached, ...decidingStages.slice(reached.length).map(notReached)]
}

function checkLimits({ bytes, nesting, running }: CapabilityCall): {
  fact: StageFact
  refusal: Refusal | null
} {
  const end = startStage('limits')
  const { capabilityPayload, capabilityCalls, jsonDepth } = limits
  const reason =
    bytes > capabilityPayload
      ? `the payload has ${bytes} bytes, the limit is ${capabilityPayload}`
      : nesting > jsonDepth
        ? `the payload is nested ${nesting} deep, the limit is ${jsonDepth}`
        : running >= capabilityCalls
          ? `${running} calls are running, the limit is ${capabilityCalls}`
          : null
  if (reason === null) {
    const within = `${bytes} of ${capabilityPayload} bytes, ${running} of ${capabilityCalls} calls`
    return { fact: end('passed', within), refusal: null }
  }
  const refusal = { status: 429, code: 'limited', message: reason, check: null, retryable: true }
  return { fact: end('refused', reason), refusal }
}
