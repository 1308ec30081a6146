import { cutAid } from '../../../shared/cut.ts'
import type { Participant } from '../run/participants.ts'
import type { RunFacts } from '../run/run-facts.ts'
import type { TrustState } from './trust-state.ts'

/** Whoever can hold or issue: the agents of the run in their order, then others that a token names. */
export function partiesOf({ participants }: RunFacts, { pairs }: TrustState): readonly Participant[] {
  const agents = participants.filter(({ agent }) => agent !== null)
  const known = new Set(agents.map(({ id }) => id))
  const others = new Set([...pairs.values()].flatMap(({ holder, issuer }) => [holder, issuer]))
  return [...agents, ...[...others].filter((id) => !known.has(id)).map(stranger)]
}

/** A party of which only the id is known. */
export function stranger(id: string): Participant {
  return { id, name: cutAid(id), agent: null, about: 'no agent of this run', state: 'waiting', exit: null }
}
