import type { EventOf, RunEvent } from '../../../shared/events.ts'

type Handshake = EventOf<'trust.establishing' | 'trust.established' | 'trust.failed'>

/** What is remembered of a run while it goes on, so that what several events tell is counted once. */
export class RunFacts {
  readonly #told = new Set<string>()
  readonly #denied = new Set<string>()
  readonly #handshakes = new Map<string, { readonly target: string; readonly offsetMs: number }>()

  /** Whether this is the first that is told of a fact that both sides tell. */
  isNew(fact: 'rotation' | 'redemption', id: string): boolean {
    const key = `${fact} ${id}`
    if (this.#told.has(key)) return false
    this.#told.add(key)
    return true
  }

  /** An attempt at a step was denied; the end of the same attempt is then no success. */
  denied(stepId: string): void {
    this.#denied.add(stepId)
  }

  /** The attempt is over. Says whether it was denied. */
  attemptOver(stepId: string): boolean {
    return this.#denied.delete(stepId)
  }

  handshakeBegan(event: EventOf<'trust.establishing'>): void {
    this.#handshakes.set(keyOf(event), { target: event.target, offsetMs: event.offset_ms })
  }

  /** How long it took, seconds; `null` when nothing told that it began. */
  handshakeOver(event: EventOf<'trust.established' | 'trust.failed'>): number | null {
    const key = keyOf(event)
    const begun = this.#handshakes.get(key)
    this.#handshakes.delete(key)
    return begun === undefined ? null : (event.offset_ms - begun.offsetMs) / 1000
  }

  /**
   * Whether an agent speaks of a handshake that nobody here began, so that no other event tells how it ends. A program
   * that does not pass the operation on is known by the handshake with it that is going on.
   */
  isFromOutside(event: RunEvent): boolean {
    if (event.cause_seq.length > 0) return false
    return [...this.#handshakes.values()].every(({ target }) => target !== event.agent_id)
  }
}

function keyOf({ initiator, target, step_id = '' }: Handshake): string {
  return JSON.stringify([initiator, target, step_id])
}
