import type { Aitp } from '../../src/aitp/index.ts'
import type { TokenFacts } from '../../src/shared/events.ts'

/** Claims that are tokens themselves: an event never carries those. */
const tokenClaims = new Set(['voucher', 'chain'])

/** What an event says of a token: its claims and a fingerprint, never the token or one inside it. */
export function tokenFacts(
  aitp: Aitp,
  { token, claims }: { readonly token: string; readonly claims: object },
): TokenFacts {
  const told = Object.entries(claims).filter(([name]) => !tokenClaims.has(name))
  return { claims: Object.fromEntries(told), fingerprint: aitp.fingerprint(token) }
}
