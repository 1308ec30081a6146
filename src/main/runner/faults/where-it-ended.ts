import type { RunEvent } from '../../../shared/events.ts'
import type { Effect } from '../step-handler.ts'

/** Who stopped an attempt, and where. */
export interface Ending {
  /** The part of the protocol, or the stage of the gate, that it came to. */
  readonly stage: string | null
  /** The agent that refused; `null` where nobody did. */
  readonly refusedBy: string | null
  readonly check: string | null
}

interface Refusal extends Ending {
  readonly code: string | null
}

/**
 * Finds the refusal behind an effect in what the agents reported. The agent that acted knows only the code it was
 * answered with; which check refused is known to the one that refused.
 *
 * @param events those that followed from the fault, in order
 * @param actor who presented a token, if anybody did
 */
export function whereItEnded(effect: Effect, events: readonly RunEvent[], actor: string | null): Ending {
  const { code, check } = effect
  // Who does not answer has refused nothing, whatever those who waited made of it.
  if (code === 'no_answer') return { stage: 'transport', refusedBy: null, check: null }
  const refusals = events.flatMap((event) => refusalIn(event) ?? []).filter((each) => each.code === code)
  return refusals.find((each) => each.check !== null) ?? refusals[0] ?? endingAt(check, actor)
}

/** A check that no event tells of is one that the actor made of what it was asked to answer. */
function endingAt(check: string | null, actor: string | null): Ending {
  return check?.startsWith('pop_challenge.')
    ? { stage: 'possession', refusedBy: actor, check }
    : { stage: null, refusedBy: null, check }
}

/** Events of one chain: those that follow, directly or not, from the first. */
export function consequencesOf(first: number, events: readonly RunEvent[]): RunEvent[] {
  const chain = new Set([first])
  return events.filter(({ seq, cause_seq }) => {
    const follows = cause_seq.some((cause) => chain.has(cause))
    if (follows) chain.add(seq)
    return follows
  })
}

function refusalIn(event: RunEvent): Refusal | null {
  const refusedBy = event.agent_id ?? null
  switch (event.type) {
    case 'manifest.verify_failed':
      return { stage: 'manifest', refusedBy, code: event.cause, check: event.check }
    case 'handshake.failed':
      return { stage: 'handshake', refusedBy, code: event.code, check: event.check }
    case 'gate.decided': {
      const stage = event.stages.find(({ decision }) => decision === 'refused')?.stage
      if (stage === undefined) return null
      return { stage: `gate: ${stage}`, refusedBy, code: event.code, check: event.check }
    }
    case 'delegation.rejected':
      return { stage: 'redemption', refusedBy, code: event.code, check: event.check }
    case 'tct.renewal.rejected':
      return { stage: 'renewal', refusedBy, code: event.code, check: event.check }
    case 'revocation.verify_failed':
      return { stage: 'revocation list', refusedBy, code: event.cause, check: event.check }
    default:
      return null
  }
}
