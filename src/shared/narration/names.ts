import { cutAid } from '../cut.ts'
import type { RunEvent } from '../events.ts'

/** Names for ids and AIDs, so that nobody has to read keys. */
export interface Names {
  readonly ofId: (id: string) => string
  /** `null` for an AID that no agent of the run has. */
  readonly ofAid: (aid: string) => string | null
}

export function nameOfAid({ ofAid }: Names, aid: string): string {
  return ofAid(aid) ?? cutAid(aid)
}

/** Calls agents by their ids, and learns from the events it is shown whose key is whose. */
export interface LearntNames extends Names {
  learn(event: RunEvent): void
}

export function createLearntNames(): LearntNames {
  const idByAid = new Map<string, string>()
  return {
    ofId: (id) => id,
    ofAid: (aid) => idByAid.get(aid) ?? null,
    learn(event) {
      if (event.type === 'agent.ready') idByAid.set(event.aid, event.agent_id)
      if (event.type === 'identity.key.rotated' && event.agent_id !== undefined)
        idByAid.set(event.source === 'agent' ? event.new_aid : event.aid, event.agent_id)
    },
  }
}
