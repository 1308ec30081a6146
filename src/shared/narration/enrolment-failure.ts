import type { EventOf } from '../events.ts'

/** Why a Control Plane did not register an agent, as far as the agent knows. */
export function enrolmentFailure({ transport, decode, status_code }: EventOf<'cp.enroll_failed'>): string {
  return transport ?? decode ?? (status_code === undefined ? 'no reason given' : `status ${status_code}`)
}
