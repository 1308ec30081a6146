import type { RevocationsRefreshed } from '../../../shared/admin.ts'
import type { FaultResult } from '../../../shared/events.ts'
import type { SingleStep } from '../../../shared/steps.ts'
import { refusalCode } from '../steps/invocation.ts'
import type { ProbeResult } from '../steps/probe.ts'

/** What a fault led to. */
export type Effect = Pick<FaultResult, 'error' | 'code' | 'check' | 'status_code'>

const nothing: Effect = { error: null, code: null, check: null, status_code: null }

/** What the output of a step that was carried out says of the fault in it: some steps report a refusal and go on. */
export function effectIn(step: SingleStep, output: unknown): Effect {
  switch (step.type) {
    case 'capability_probe':
    case 'capability_call_no_trust':
      return ofProbe(output as ProbeResult)
    case 'refresh_revocations':
      return ofRefresh(output as RevocationsRefreshed)
    case 'revoke_tct': {
      const { published_to_cp } = output as { published_to_cp?: boolean }
      return published_to_cp === false
        ? { ...nothing, error: 'the Control Plane took no revocation', code: 'no_answer' }
        : nothing
    }
    default:
      return nothing
  }
}

function ofProbe({ status_code, body }: ProbeResult): Effect {
  if (status_code < 400) return { ...nothing, status_code }
  const code = refusalCode(body) ?? `HTTP ${status_code}`
  return { error: `the peer answered ${status_code} with ${code}`, code, check: null, status_code }
}

function ofRefresh({ error, discarded, check = null, detail, skipped }: RevocationsRefreshed): Effect {
  if (skipped !== undefined)
    return {
      ...nothing,
      error: 'there is no Control Plane, so nothing was tried',
      code: 'fault_not_possible',
    }
  if (discarded !== undefined) return { ...nothing, error: detail ?? discarded, code: discarded, check }
  return error === undefined ? nothing : { ...nothing, error, code: 'no_answer' }
}
