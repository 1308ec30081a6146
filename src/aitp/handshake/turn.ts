import type { Ladder } from '../ladder.ts'

/** From the hello to the commit, on either side. */
export const DEADLINE_SECS = 60

/** Lets a state of the handshake be used once. */
export class Turn {
  readonly #startedAt: number
  #open = true

  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  get isOpen(): boolean {
    return this.#open
  }

  close(): void {
    this.#open = false
  }

  requireOpen<Id extends string>(ladder: Ladder<Id>, id: Id): void {
    const actual = this.#open ? 'waiting' : 'done or failed'
    ladder.require(id, this.#open, () => ({ expected: 'waiting', actual }))
  }

  requireInTime<Id extends string>(ladder: Ladder<Id>, id: Id, now: number, limitSecs: number): void {
    const elapsed = now - this.#startedAt
    ladder.require(id, elapsed <= limitSecs, () => ({
      expected: `at most ${limitSecs} s`,
      actual: `${elapsed} s`,
    }))
  }
}
