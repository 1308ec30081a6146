import { randomBytes } from 'node:crypto'
import type { Aitp, ChallengeStore, HandshakeParty, ReplayStore } from '../../src/aitp/index.ts'
import type { ControlPlane } from './control-plane/control-plane.ts'
import type { ExchangeIds } from './exchange-ids.ts'
import type { SentMessages } from './faults/sent-messages.ts'
import type { TctVerifier } from './gate/tct-cache.ts'
import type { HeldTokens } from './held-tokens.ts'
import type { Identity } from './identity.ts'
import type { IssuedTokens } from './issued-tokens.ts'
import type { Peers } from './peers.ts'
import type { PendingHandshakes } from './pending-handshakes.ts'
import type { RevocationState } from './revocation/revocation-state.ts'
import type { Telemetry } from './telemetry.ts'

/** Everything one worker is: its identity, whom it knows, what it holds. */
export interface Agent {
  readonly agentId: string
  readonly aitp: Aitp
  readonly identity: Identity
  readonly peers: Peers
  readonly held: HeldTokens
  readonly issued: IssuedTokens
  readonly pending: PendingHandshakes
  readonly replay: ReplayStore
  /** Proofs of possession that were asked for and have not come. */
  readonly challenges: ChallengeStore
  readonly revocation: RevocationState
  /** Verifies what is presented to this agent. */
  readonly tcts: TctVerifier
  /** Whether every capability call must prove possession of its token's key. */
  readonly popRequired: boolean
  /** `null` when there is none. */
  readonly controlPlane: ControlPlane | null
  readonly sent: SentMessages
  readonly telemetry: Telemetry
  readonly exchangeIds: ExchangeIds
}

/** This agent as it takes part in a handshake now. */
export function partyOf({ identity, peers, replay }: Agent): HandshakeParty {
  return {
    key: identity.key,
    manifest: identity.manifest().verified,
    pins: peers.pins(),
    tctTtlSecs: identity.tctTtlSecs,
    issueVoucher: true,
    allowLoopbackHttp: true,
    replay,
  }
}

export function randomness(length: number): Uint8Array {
  return randomBytes(length)
}
