import type { RunEvent } from '../../../shared/events.ts'
import type { Pair } from './trust.ts'

/** An event tells only of AIDs; which agent has, or had, an AID is what these tell. */
export function agentsByAid(events: readonly RunEvent[]): ReadonlyMap<string, string> {
  const agents = new Map<string, string>()
  for (const event of events) {
    if (event.type === 'agent.ready') agents.set(event.aid, event.agent_id)
    if (event.type === 'identity.key.rotated' && event.agent_id !== undefined)
      agents.set(newAidOf(event), event.agent_id)
  }
  return agents
}

function newAidOf(event: Extract<RunEvent, { type: 'identity.key.rotated' }>): string {
  return event.source === 'agent' ? event.new_aid : event.aid
}

/** Who asked whom, as the event or the ones that led to it say. */
export function askedBy(event: RunEvent, events: readonly RunEvent[]): Pair | null {
  if (
    'initiator' in event &&
    event.initiator !== undefined &&
    'target' in event &&
    event.target !== undefined
  )
    return { holder: event.initiator, issuer: event.target }
  if (event.type === 'step.started' && event.target !== undefined)
    return { holder: event.agent, issuer: event.target }
  const [seq] = event.cause_seq
  const cause = seq !== undefined && seq < event.seq ? events[seq - 1] : undefined
  return cause ? askedBy(cause, events) : null
}
