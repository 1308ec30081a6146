/** A token this agent issued, as far as it has to be remembered until it expires (RFC-AITP-0005 §3). */
export interface IssuedRecord {
  readonly jti: string
  /** The AID it was issued to. */
  readonly subject: string
  readonly grants: readonly string[]
  /** Unix seconds. */
  readonly exp: number
  /** `jti` of what it derives from: the delegation it was redeemed from, or the token it renews. */
  readonly origin?: string
  /** Unix seconds: where a delegation is behind it, whatever replaces it ends with that at the latest. */
  readonly notAfter?: number
}

/** Something in the line of descent that this agent did not issue: a delegation, or a hop of one. */
export interface DerivationLink {
  readonly jti: string
  readonly origin: string
}

/** What this agent issued, and what it derives from, so that revoking a token ends all that came of it. */
export interface IssuedTokens {
  /**
   * Remembers a token until it expires, and everything it derives from as long. Unless it is `recorded` the token must
   * not be handed out, as it could not be revoked: there is no room, or a delegation bears an id that something else
   * has already, which would put the token into a foreign line of descent.
   */
  record(
    token: IssuedRecord,
    now: number,
    links?: readonly DerivationLink[],
  ): 'recorded' | 'full' | 'conflict'
  get(jti: string): IssuedRecord | undefined
  /** What a token, or a delegation behind one, derives from; `undefined` when from nothing. */
  originOf(jti: string): string | undefined
}

interface Kept {
  readonly record?: IssuedRecord
  readonly origin: string | undefined
  /** Unix seconds; later than the record's own end when a younger token derives from it. */
  readonly until: number
}

export function createIssuedTokens(capacity: number): IssuedTokens {
  const kept = new Map<string, Kept>()

  function sweep(now: number): void {
    for (const [jti, { until }] of kept) if (until <= now) kept.delete(jti)
  }

  function keepLine(first: string | undefined, until: number): void {
    for (let jti = first; jti !== undefined; ) {
      const entry = kept.get(jti)
      if (entry === undefined || entry.until >= until) return
      kept.set(jti, { ...entry, until })
      jti = entry.origin
    }
  }

  function isTaken({ jti, origin }: DerivationLink): boolean {
    const entry = kept.get(jti)
    return entry !== undefined && (entry.record !== undefined || entry.origin !== origin)
  }

  return {
    record(token, now, links = []) {
      const needed = links.length + 1
      if (kept.size + needed > capacity) sweep(now)
      if (kept.size + needed > capacity) return 'full'
      if (links.some(isTaken)) return 'conflict'
      const until = token.exp
      for (const { jti, origin } of links)
        kept.set(jti, { origin, until: Math.max(until, kept.get(jti)?.until ?? 0) })
      kept.set(token.jti, { record: token, origin: token.origin, until })
      for (const jti of [token.origin, ...links.map(({ origin }) => origin)]) keepLine(jti, until)
      return 'recorded'
    },
    get: (jti) => kept.get(jti)?.record,
    originOf: (jti) => kept.get(jti)?.origin,
  }
}
