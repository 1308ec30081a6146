/** What a token is at one moment. `seq` is of the event that made it so. */
export type TokenState =
  /** `issued`: whoever made it says so, and nobody has verified it yet. */
  | { readonly kind: 'issued' | 'valid' | 'expired' }
  | { readonly kind: 'revoked'; readonly seq: number }
  /** `renewed`: its holder has the next one. `key_rotated`: its issuer or holder has another key since. */
  | { readonly kind: 'superseded'; readonly seq: number; readonly why: 'renewed' | 'key_rotated' }

/** Authority that somebody holds: a TCT, or a delegation token that leads to one. Parties are agent ids, else AIDs. */
export interface Token extends Pair {
  readonly jti: string
  readonly kind: 'tct' | 'delegation'
  /** Who accepts it: the issuer of a TCT, the audience of a delegation token. */
  readonly accepter: string
  readonly grants: readonly string[]
  /** Unix seconds; `null` where the token does not say. */
  readonly issuedAt: number | null
  readonly expiresAt: number
  /** The event that told that the holder has it. */
  readonly seq: number
  readonly origin: 'handshake' | 'delegation' | 'redemption' | 'renewal'
  /** The token it was made from. */
  readonly parentJti: string | null
  readonly state: TokenState
}

/** Whether nothing has ended a token. */
export function isAlive({ state }: Pick<Token, 'state'>): boolean {
  return state.kind === 'issued' || state.kind === 'valid'
}

/** A direction of trust: the holder may ask the issuer. */
export interface Pair {
  readonly holder: string
  readonly issuer: string
}

export function pairKey({ holder, issuer }: Pair): string {
  return `${holder} ${issuer}`
}

/** Something that was refused, and the event that says so. */
export interface Refusal {
  readonly seq: number
  readonly code: string
}

/** What came of the last attempt at trust between two. */
export type Attempt =
  | { readonly kind: 'pending'; readonly seq: number }
  | ({ readonly kind: 'refused' } & Refusal)
  /** The run ended before it did. */
  | { readonly kind: 'broken_off'; readonly seq: number }

/** What came of trust in one direction, beside its tokens. */
export interface PairHistory extends Pair {
  readonly attempt: Attempt | null
  /** The last call that the issuer refused to the holder since the newest of its tokens. */
  readonly refusedCall: Refusal | null
}

export interface PairTrust extends PairHistory {
  /** Those that can be used first, and the newest first among them and among the others. */
  readonly tokens: readonly Token[]
}
