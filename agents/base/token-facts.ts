import type { Aitp } from '../../src/aitp/index.ts'
import type { TokenFacts } from '../../src/shared/events.ts'
import { withoutTokens } from '../../src/shared/token-claims.ts'

/** What an event says of a token: its claims and a fingerprint, never the token or one inside it. */
export function tokenFacts(
  aitp: Aitp,
  { token, claims }: { readonly token: string; readonly claims: object },
): TokenFacts {
  return { claims: withoutTokens(claims), fingerprint: aitp.fingerprint(token) }
}
