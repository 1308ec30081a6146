import { randomBytes } from 'node:crypto'
import {
  type Aitp,
  AitpError,
  type ChallengeStore,
  type HandshakeParty,
  type IssuedTct,
  type ManifestCache,
  type RenewalStore,
  type ReplayStore,
} from '../../src/aitp/index.ts'
import type { Bootstrap } from '../../src/shared/bootstrap.ts'
import type { ExchangeIds } from '../../src/shared/exchange-ids.ts'
import { unixNow } from './clock.ts'
import type { ControlPlane } from './control-plane/control-plane.ts'
import type { SentMessages } from './faults/sent-messages.ts'
import type { TctVerifier } from './gate/tct-cache.ts'
import type { HeldTokens } from './held-tokens.ts'
import type { Identity } from './identity.ts'
import type { DerivationLink, IssuedRecord, IssuedTokens } from './issued-tokens.ts'
import type { Peers } from './peers.ts'
import type { PendingHandshakes } from './pending-handshakes.ts'
import type { PublicAddress } from './public-address.ts'
import type { RateLimit } from './rate-limit.ts'
import { WorkerError } from './refusal.ts'
import type { RevocationState } from './revocation/revocation-state.ts'
import type { KnownSessions } from './session-bundle/known-sessions.ts'
import type { Telemetry } from './telemetry.ts'

/** What the run decided about trust, as far as agents may differ in it. */
export type TrustPolicy = Pick<Bootstrap['aitp'], 'pop' | 'onward_delegation' | 'max_delegation_hops'>

/** Everything one worker is: its identity, whom it knows, what it holds. */
export interface Agent {
  readonly agentId: string
  readonly aitp: Aitp
  readonly identity: Identity
  readonly address: PublicAddress
  readonly peers: Peers
  /** Manifests of peers, as last seen. */
  readonly manifests: ManifestCache
  readonly held: HeldTokens
  readonly issued: IssuedTokens
  readonly pending: PendingHandshakes
  readonly replay: ReplayStore
  /** Renewals that were asked for. */
  readonly renewals: RenewalStore
  readonly sessions: KnownSessions
  readonly policy: TrustPolicy
  /** Proofs of possession that were asked for and have not come. */
  readonly challenges: ChallengeStore
  readonly revocation: RevocationState
  /** Verifies what is presented to this agent. */
  readonly tcts: TctVerifier
  /** `null` when there is none. */
  readonly controlPlane: ControlPlane | null
  readonly sent: SentMessages
  /** How often others may ask. */
  readonly rates: { readonly perAddress: RateLimit; readonly perAid: RateLimit }
  readonly telemetry: Telemetry
  readonly exchangeIds: ExchangeIds
}

/**
 * This agent as it takes part in a handshake now.
 *
 * @param mayBeUnpinned whether the peer may be one whose key nobody has pinned; the report then says that the check
 * was skipped
 */
export function partyOf(
  { identity, peers, replay, revocation }: Agent,
  mayBeUnpinned: boolean,
): HandshakeParty {
  const { issuerKeys, mintIdentityToken } = identity.oidc ?? {}
  return {
    key: identity.key,
    manifest: identity.manifest().verified,
    pins: mayBeUnpinned ? null : peers.pins(),
    tctTtlSecs: identity.tctTtlSecs,
    issueVoucher: true,
    allowLoopbackHttp: true,
    replay,
    ...(revocation.posture === 'current' ? { isRevoked: (jti) => revocation.denies(jti) !== null } : {}),
    ...(issuerKeys ? { issuerKeys } : {}),
    ...(mintIdentityToken ? { mintIdentityToken } : {}),
  }
}

/**
 * Remembers a token before it is handed out; what is not remembered could not be revoked. Throws `limited`, 503, when
 * there is no room, and `DELEGATION_INVALID_SIGNATURE` for a delegation under an id that is taken.
 */
export function recordIssued(
  { issued }: Agent,
  { claims }: Pick<IssuedTct, 'claims'>,
  descent: Pick<IssuedRecord, 'origin' | 'notAfter'> & { readonly links?: readonly DerivationLink[] } = {},
): void {
  const { links, ...rest } = descent
  const record = { jti: claims.jti, subject: claims.sub, grants: claims.grants, exp: claims.exp, ...rest }
  const outcome = issued.record(record, unixNow(), links)
  if (outcome === 'recorded') return
  if (outcome === 'conflict') {
    throw new AitpError(
      'DELEGATION_INVALID_SIGNATURE',
      'the id of the delegation is that of something else',
      {
        check: 'delegation.claims',
        expected: 'an id of its own',
      },
    )
  }
  throw new WorkerError(503, 'limited', 'too many tokens of this agent are alive', { retryable: true })
}

export function randomness(length: number): Uint8Array {
  return randomBytes(length)
}
