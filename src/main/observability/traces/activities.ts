import type { RunEvent } from '../../../shared/events.ts'

/** What the host began and saw through: the start of an agent, a handshake before the first step, or a step. */
export interface Activity {
  readonly name: string
  /** Its own events, in order; at least one. */
  readonly events: RunEvent[]
}

export interface Activities {
  readonly all: readonly Activity[]
  /** What an exchange was part of, where an event tells. */
  ofExchange(exchangeId: string): Activity | null
}

/** Reads off a log what the host did, and which of it led to which exchange: agents' events say by their cause. */
export function activitiesOf(events: readonly RunEvent[]): Activities {
  const byName = new Map<string, Activity>()
  const bySeq = new Map<number, Activity>()
  const byExchange = new Map<string, Activity>()
  for (const event of events) {
    const [cause] = event.cause_seq
    const inherited = event.source === 'agent' && cause !== undefined ? bySeq.get(cause) : undefined
    const name = event.source === 'runner' ? nameOf(event) : null
    const activity = name === null ? inherited : (byName.get(name) ?? { name, events: [] })
    if (activity === undefined) continue
    bySeq.set(event.seq, activity)
    if (name !== null) {
      byName.set(name, activity)
      activity.events.push(event)
    }
    if (event.exchange_id !== undefined) byExchange.set(event.exchange_id, activity)
  }
  return { all: [...byName.values()], ofExchange: (id) => byExchange.get(id) ?? null }
}

function nameOf(event: RunEvent): string | null {
  if ('step_id' in event && event.step_id !== undefined) return `step ${event.step_id}`
  if (event.type === 'agent.spawning' || event.type === 'agent.ready') return `start ${event.agent_id}`
  if ('initiator' in event && 'target' in event) return `handshake ${event.initiator} -> ${event.target}`
  return null
}
