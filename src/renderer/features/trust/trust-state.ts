import { isAlive, type PairTrust, pairKey, type Token } from './trust.ts'
import type { TrustFacts } from './trust-facts.ts'

export interface TrustState {
  /** In order of their events. */
  readonly tokens: readonly Token[]
  /** By `pairKey`; absent where nothing was ever tried. */
  readonly pairs: ReadonlyMap<string, PairTrust>
}

/** What the facts come to at a moment, in Unix seconds: a token that nothing else ended expires. */
export function trustState({ tokens, pairs }: TrustFacts, atSeconds: number): TrustState {
  const aged = tokens.map(
    (token): Token =>
      isAlive(token) && token.expiresAt <= atSeconds ? { ...token, state: { kind: 'expired' } } : token,
  )
  const byPair = Map.groupBy(
    aged.filter(({ kind }) => kind === 'tct'),
    pairKey,
  )
  return {
    tokens: aged,
    pairs: new Map(
      [...pairs].map(([key, pair]) => [
        key,
        { ...pair, tokens: (byPair.get(key) ?? []).toSorted(usableFirst) },
      ]),
    ),
  }
}

function usableFirst(one: Token, other: Token): number {
  return Number(other.state.kind === 'valid') - Number(one.state.kind === 'valid') || other.seq - one.seq
}
