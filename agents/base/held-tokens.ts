import type { Aid, HeldToken, VerifiedManifest } from '../../src/aitp/index.ts'
import { tokenOrigin } from './endpoints.ts'
import { WorkerError } from './refusal.ts'

/** A TCT this agent holds, and the one origin it may be sent to. */
export interface BoundToken {
  readonly held: HeldToken
  readonly origin: string
  /** Where its issuer's manifest was found. */
  readonly manifestUrl: string
}

/** Tokens held from peers, by the peer's AID and never by its port, which peers may share; a new one replaces the old. */
export type HeldTokens = Map<string, BoundToken>

/** Keeps what a peer issued, for use at the origin its manifest names and nowhere else. */
export function holdToken(
  tokens: HeldTokens,
  peer: VerifiedManifest,
  manifestUrl: string,
  held: HeldToken,
): void {
  tokens.set(peer.aid, { held, origin: tokenOrigin(peer), manifestUrl })
}

/** The token held from a peer. Throws `no_held_tct`, 412, when there is none. */
export function requireHeld(tokens: HeldTokens, peerAid: string): BoundToken {
  const bound = tokens.get(peerAid)
  if (bound !== undefined) return bound
  throw new WorkerError(412, 'no_held_tct', `no TCT is held from ${peerAid}; shake hands first`)
}

/**
 * The token held from a peer that this agent can prove to be its own. Throws `no_held_tct`, 412, also for one that was
 * issued to a key which has been rotated away.
 */
export function requireOwnHeld(
  tokens: HeldTokens,
  ownAid: Aid,
  peerAid: string,
): BoundToken & { readonly issuer: Aid } {
  const bound = requireHeld(tokens, peerAid)
  const { iss: issuer, sub } = bound.held.claims
  if (sub === ownAid) return { ...bound, issuer }
  throw new WorkerError(
    412,
    'no_held_tct',
    `the TCT held from ${peerAid} was issued to ${sub}, this agent is ${ownAid} now`,
  )
}
