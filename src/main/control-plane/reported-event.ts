import { createHash } from 'node:crypto'
import type { RunEvent } from '../../shared/events.ts'
import { hashedUuid } from '../../shared/hashed-uuid.ts'

/** What a Control Plane needs of an event beyond what the log says (control-plane.md §4.4). */
export interface ReportTerms {
  /** The AID that an agent of the run has now. */
  readonly aidOf: (agentId: string) => string | undefined
  readonly boundary: string
}

/** An event as a Control Plane is told of it. */
export type ReportedEvent = Omit<RunEvent, 'source'> & {
  readonly id: string
  readonly source: string
  readonly aid_a?: string
  readonly aid_b?: string
  readonly boundary: string
}

/** The event as it is reported: with an id of its own, so that it may be sent twice, and with AIDs in place of names. */
export function reportedEvent(event: RunEvent, { aidOf, boundary }: ReportTerms): ReportedEvent {
  const [a, b] = parties(event, aidOf)
  return {
    ...event,
    id: hashedUuid(createHash('sha1').update(`${event.run_id}:${event.seq}`).digest()),
    source: event.source === 'agent' ? 'playground-agent' : 'playground',
    ...(a === undefined ? {} : { aid_a: a }),
    ...(b === undefined ? {} : { aid_b: b }),
    boundary,
  }
}

/** Who began, and with whom. */
function parties(
  event: RunEvent,
  aidOf: ReportTerms['aidOf'],
): readonly [a: string | undefined, b: string | undefined] {
  const own = event.agent_id === undefined ? undefined : aidOf(event.agent_id)
  switch (event.type) {
    case 'handshake.started':
      return [event.peer_aid, own]
    case 'handshake.complete':
      return event.role === 'initiator' ? [own, event.peer_aid] : [event.peer_aid, own]
    case 'handshake.failed':
      return event.role === 'initiator' ? [own, undefined] : [undefined, own]
    case 'gate.decided':
    case 'capability.invoked':
      return [event.caller_aid ?? undefined, own]
    case 'delegation.issued':
      return [own, event.delegatee_aid]
    case 'delegation.redeemed':
      return event.role === 'delegatee' ? [own, event.peer_aid] : [event.delegatee_aid, own]
    default: {
      const named = event as { initiator?: string; target?: string }
      if (named.initiator !== undefined) {
        return [aidOf(named.initiator), named.target === undefined ? undefined : aidOf(named.target)]
      }
      return [own, undefined]
    }
  }
}
