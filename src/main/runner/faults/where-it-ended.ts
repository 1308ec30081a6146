import type { RunEvent } from '../../../shared/events.ts'
import type { Effect } from './effect.ts'

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
 */
export function whereItEnded(effect: Effect, events: readonly RunEvent[]): Ending {
  const own: Ending = { stage: stageOfNone(effect), refusedBy: null, check: effect.check }
  const refusals = events
    .flatMap((event) => refusalIn(event) ?? [])
    .filter(({ code }) => code === effect.code)
  return refusals.find(({ check }) => check !== null) ?? refusals[0] ?? own
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

function stageOfNone({ code }: Effect): string | null {
  return code === 'no_answer' ? 'transport' : null
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
