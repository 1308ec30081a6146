import type { CapabilityCallNoTrustStep, CapabilityProbeStep } from '../../../shared/steps.ts'
import type { Operation } from '../../store/event-log.ts'
import type { RunContext } from '../run-context.ts'
import { type Effect, type Mutation, noEffect, type StepHandler, type StepOutcome } from '../step-handler.ts'
import { callPeer, type PeerAnswer, refusalCode } from './invocation.ts'

/** What came of trying a call, whatever the peer made of it. */
export interface ProbeResult {
  readonly status_code: number
  /** The peer refused for want of trust. */
  readonly rejected: boolean
  readonly expected_status: number | null
  readonly matched: boolean
  readonly body: unknown
}

/** Calls a peer without a token, to show what that leads to. */
export const capabilityCallNoTrust: StepHandler<CapabilityCallNoTrustStep> = async (step, ...rest) => {
  const { result, tell, outcome } = await tryCall('step.probing_no_trust', 'none', step, ...rest)
  tell(result.rejected && result.matched ? 'step.access_denied' : 'step.unexpected_status')
  return outcome
}

/** Calls a peer with the token held for it, and takes whatever it answers. */
export const capabilityProbe: StepHandler<CapabilityProbeStep> = async (step, ...rest) => {
  const { result, tell, outcome } = await tryCall('step.probing_with_held_tct', 'held', step, ...rest)
  if (!result.matched) tell('step.unexpected_status')
  else if (result.rejected) tell('step.access_denied')
  return outcome
}

interface Tried {
  readonly result: ProbeResult
  /** Appends the verdict on it. */
  readonly tell: (type: 'step.access_denied' | 'step.unexpected_status') => void
  readonly outcome: StepOutcome
}

async function tryCall(
  announcement: 'step.probing_no_trust' | 'step.probing_with_held_tct',
  token: 'none' | 'held',
  step: CapabilityCallNoTrustStep | CapabilityProbeStep,
  ...[context, operation, mutation]: [RunContext, Operation, Mutation]
): Promise<Tried> {
  const { id, agent, target_agent: target, capability, expect_status } = step
  const about = { step_id: id, initiator: agent, target, capability }
  operation.append({ type: announcement, ...about })
  const answer = await callPeer(step, target, token, context, operation, mutation)
  const result = judge(answer, expect_status)
  const { status_code, expected_status, matched } = result
  return {
    result,
    tell: (type) => void operation.append({ type, ...about, result: { status_code } }),
    outcome: {
      output: result,
      carriedOut: { agent, capability, target },
      effect: effectOf(answer),
      ...(matched ? {} : { unmet: `the answer is ${status_code}, and should be ${expected_status}` }),
    },
  }
}

function judge({ status, body }: PeerAnswer, expected: number | undefined): ProbeResult {
  return {
    status_code: status,
    rejected: status === 401 || status === 403,
    expected_status: expected ?? null,
    matched: expected === undefined || status === expected,
    body,
  }
}

function effectOf({ status, body }: PeerAnswer): Effect {
  if (status < 400) return { ...noEffect, status_code: status }
  const code = refusalCode(body) ?? `HTTP ${status}`
  return { error: `the peer answered ${status} with ${code}`, code, check: null, status_code: status }
}
