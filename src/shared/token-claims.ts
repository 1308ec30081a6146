/** Claims that are tokens themselves: a delegation's voucher, and the hops before it. */
const nested = new Set(['voucher', 'chain'])

/** The claims of a token without any token inside them, as everything but the exchange store may show them. */
export function withoutTokens(claims: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !nested.has(name)))
}
