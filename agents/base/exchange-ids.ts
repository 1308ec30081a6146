import { randomBytes } from 'node:crypto'

/** Gives each request an id of its own, whatever its sender claims. */
export interface ExchangeIds {
  /** The sender's span id the first time it is seen, a fresh one after that: a reused id must not hide a request. */
  claim(spanId: string): string
}

const mostRemembered = 10_000

export function createExchangeIds(): ExchangeIds {
  const seen = new Set<string>()
  return {
    claim(spanId) {
      if (seen.has(spanId)) return randomBytes(8).toString('hex')
      seen.add(spanId)
      const [oldest] = seen
      if (seen.size > mostRemembered && oldest !== undefined) seen.delete(oldest)
      return spanId
    },
  }
}
