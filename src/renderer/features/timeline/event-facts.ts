import type { RunEvent } from '../../../shared/events.ts'

/** Failures are marked in every lens and survive every filter choice of ours. */
export function isFailure(event: RunEvent): boolean {
  switch (event.type) {
    case 'run.failed':
    case 'run.interrupted':
    case 'trust.failed':
    case 'step.failed':
    case 'step.assertion_failed':
    case 'handshake.failed':
    case 'manifest.verify_failed':
    case 'llm.failed':
    case 'step.unexpected_status':
    case 'delegation.rejected':
    case 'tct.renewal.rejected':
    case 'revocation.verify_failed':
    case 'revocation.refresh_failed':
    case 'cp.enroll_failed':
    case 'cp.webhook.subscribe_failed':
      return true
    case 'step.fault_complete':
      return event.result.error !== null
    case 'agent.exited':
      return event.cause !== 'stopped'
    case 'gate.decided':
      return event.decision === 'refused'
    case 'capability.invoked':
      return event.status >= 400
    default:
      return false
  }
}

/** Whose lane an event belongs to; the runner's own have none of an agent. */
export function laneOf(event: RunEvent): string {
  if ('agent_id' in event && event.agent_id !== undefined) return event.agent_id
  if ('agent' in event && event.agent !== undefined) return event.agent
  if ('initiator' in event && event.initiator !== undefined) return event.initiator
  return 'runner'
}
