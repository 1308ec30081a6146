import type { CapabilityCallNoTrustStep, CapabilityProbeStep } from '../../../shared/steps.ts'
import type { StepHandler, StepOutcome } from '../step-handler.ts'
import { callPeer, type PeerAnswer } from './invocation.ts'

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
export const capabilityCallNoTrust: StepHandler<CapabilityCallNoTrustStep> = async (
  step,
  context,
  operation,
  mutation,
) => {
  const about = probeOf(step)
  operation.append({ type: 'step.probing_no_trust', ...about })
  const result = judge(
    await callPeer(step, step.target_agent, 'none', context, operation, mutation),
    step.expect_status,
  )
  const type = result.rejected && result.matched ? 'step.access_denied' : 'step.unexpected_status'
  operation.append({ type, ...about, result: { status_code: result.status_code } })
  return outcome(step, result)
}

/** Calls a peer with the token held for it, and takes whatever it answers. */
export const capabilityProbe: StepHandler<CapabilityProbeStep> = async (
  step,
  context,
  operation,
  mutation,
) => {
  const about = probeOf(step)
  operation.append({ type: 'step.probing_with_held_tct', ...about })
  const result = judge(
    await callPeer(step, step.target_agent, 'held', context, operation, mutation),
    step.expect_status,
  )
  const observed = { ...about, result: { status_code: result.status_code } }
  if (!result.matched) operation.append({ type: 'step.unexpected_status', ...observed })
  else if (result.rejected) operation.append({ type: 'step.access_denied', ...observed })
  return outcome(step, result)
}

function probeOf({ id, agent, target_agent, capability }: CapabilityProbeStep | CapabilityCallNoTrustStep) {
  return { step_id: id, initiator: agent, target: target_agent, capability }
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

function outcome(
  { agent, target_agent, capability }: CapabilityProbeStep | CapabilityCallNoTrustStep,
  result: ProbeResult,
): StepOutcome {
  const { status_code, expected_status, matched } = result
  return {
    output: result,
    carriedOut: { agent, capability, target: target_agent },
    ...(matched ? {} : { unmet: `the answer is ${status_code}, and should be ${expected_status}` }),
  }
}
