/** Gives each request an id of its own, whatever its sender claims. */
export interface ExchangeIds {
  /** The sender's span id the first time it is seen, a fresh one after that: a reused id must not hide a request. */
  claim(spanId: string): string
}

const mostRemembered = 10_000

/** @param randomId 16 hex digits, never the same twice */
export function createExchangeIds(randomId: () => string): ExchangeIds {
  const seen = new Set<string>()
  return {
    claim(spanId) {
      if (seen.has(spanId)) return randomId()
      seen.add(spanId)
      const [oldest] = seen
      if (seen.size > mostRemembered && oldest !== undefined) seen.delete(oldest)
      return spanId
    },
  }
}
