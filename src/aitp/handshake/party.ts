import type { AgentKey } from '../agent-key.ts'
import type { Aid } from '../aid.ts'
import type { Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import type { Jwk } from '../identity/jwk.ts'
import type { IdentityTokenRequest } from '../identity/oidc.ts'
import type { PinStore } from '../identity/pins.ts'
import type { CompactJws } from '../jws.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import type { ReplayStore } from '../replay.ts'
import type { TctClaims } from '../tct/claims.ts'
import type { RandomBytes } from '../uuid.ts'

/** Integer Unix seconds. */
export type Now = number

/** What a step needs from outside. The clock is read once per step, by the caller. */
export interface StepInput {
  readonly now: Now
  readonly randomBytes: RandomBytes
  readonly collector?: Collector | undefined
}

/** This agent, as it takes part in handshakes. */
export interface HandshakeParty {
  readonly key: AgentKey
  /** This agent's own, verified like any other. */
  readonly manifest: VerifiedManifest
  /** `null`: no trust store, and the report says that the check was skipped. */
  readonly pins: PinStore | null
  /** What may be granted to this peer at most. It can only narrow what is requested and offered. */
  readonly grantPolicy?: (peer: VerifiedManifest) => readonly string[]
  readonly tctTtlSecs: number
  /** Whether peers may delegate what they are granted. */
  readonly issueVoucher: boolean
  readonly allowLoopbackHttp: boolean
  readonly replay: ReplayStore
  /** Asked about the token a peer sends, when a revocation list is at hand. */
  readonly isRevoked?: (jti: string, issuer: Aid) => boolean
  readonly compat?: Compat
  /** The key set of an OIDC issuer, `undefined` when it could not be had. Asked for trust anchors only. */
  readonly issuerKeys?: (issuer: string) => readonly Jwk[] | undefined
  /** For an agent with an OIDC identity: a JWT of its issuer for this handshake, `null` when there is none to be had. */
  readonly mintIdentityToken?: (request: IdentityTokenRequest) => string | null
}

/** What the peer issued to this agent, exactly as it came. */
export interface HeldToken {
  readonly token: CompactJws
  readonly fingerprint: string
  readonly claims: TctClaims
  readonly voucher: CompactJws | null
  /** Grants this agent did not ask for. Not an error, worth a line in a log. */
  readonly unrequestedGrants: readonly string[]
}

/** What this agent issued to the peer. Keep the `jti` until `exp`; without it the token cannot be revoked. */
export interface IssuedToken {
  readonly token: CompactJws
  readonly fingerprint: string
  readonly claims: TctClaims
  readonly voucher: CompactJws | null
}

/** The end of a handshake: each side holds a token from the other. */
export interface Established {
  readonly role: 'initiator' | 'responder'
  readonly peer: VerifiedManifest
  readonly held: HeldToken
  readonly issued: IssuedToken
}
