import type { ExchangeKind } from './exchange.ts'

/** The conversation that a request to an agent belongs to, by its path. */
export function exchangeKindOf(path: string): ExchangeKind {
  if (path.startsWith('/capabilities/')) return 'capability'
  return kinds[path] ?? 'other'
}

const kinds: Readonly<Record<string, ExchangeKind>> = {
  '/.well-known/aitp-manifest': 'manifest',
  '/.well-known/did.json': 'did',
  '/aitp/handshake/hello': 'hello',
  '/aitp/handshake/commit': 'commit',
  '/aitp/handshake/renew': 'renew',
  '/aitp/delegation/redeem': 'redeem',
}
