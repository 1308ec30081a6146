import type { Aitp } from '../../aitp/index.ts'
import type { TokenFacts } from '../../shared/events.ts'
import { withoutTokens } from '../../shared/token-claims.ts'

/** A token that one agent of the run obtained from another. */
export interface ObtainedToken {
  readonly holder: string
  readonly issuer: string
  /** The issuer's AID then; after a rotation the token is still held under it. */
  readonly issuerAid: string
  readonly jti: string
  /** `null` for the handshakes before the first step. */
  readonly stepId: string | null
}

/** A delegation as it was made; `token` never leaves the run but to an agent. */
export interface KeptDelegation {
  readonly token: string
  readonly jti: string
  readonly parentJti: string
  readonly delegatee: string
  /** Whose grant was passed on, and who alone takes it. */
  readonly grantor: string
}

export interface KeptBundle {
  readonly text: string
  /** At the time of the signature. */
  readonly coordinatorAid: string
}

/** What the steps of one run leave for later ones and for nobody else. */
export interface Keepsakes {
  /** In the order in which they were obtained. */
  readonly tokens: ObtainedToken[]
  /** By step id. */
  readonly delegations: Map<string, KeptDelegation>
  /** By step id. */
  readonly bundles: Map<string, KeptBundle>
}

/** The newest token that `holder` obtained from `issuer`, by handshake, redemption or renewal (B-15). */
export function newestToken(
  { tokens }: Keepsakes,
  wanted: { readonly holder: string; readonly issuer: string; readonly stepId?: string | undefined },
): ObtainedToken | undefined {
  return tokens.findLast(
    ({ holder, issuer, stepId }) =>
      holder === wanted.holder &&
      issuer === wanted.issuer &&
      (wanted.stepId === undefined || stepId === wanted.stepId),
  )
}

export function createKeepsakes(): Keepsakes {
  return { tokens: [], delegations: new Map(), bundles: new Map() }
}

/** What outputs and events may show of a token: the claims as they are written, nothing verified, and a fingerprint. */
export function tokenFacts(aitp: Aitp, token: string): TokenFacts {
  return {
    claims: withoutTokens(aitp.decodeToken(token)?.claims ?? {}),
    fingerprint: aitp.fingerprint(token),
  }
}
