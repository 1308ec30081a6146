import type { HeldToken } from '../../src/aitp/index.ts'

/** A TCT this agent holds, and the one origin it may be sent to. */
export interface BoundToken {
  readonly held: HeldToken
  readonly origin: string
}

/** Tokens held from peers, by the peer's AID; a new one replaces the old. */
export type HeldTokens = Map<string, BoundToken>
