import type { HeaderFields } from './header-fields.ts'

/** What travels with a request through the agents: W3C trace context, and the host's operation as W3C baggage. */
export interface RequestContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits: the caller's span, which is the id of the exchange. */
  readonly spanId: string
  /** The operation that the host began; `null` for a request from elsewhere. */
  readonly operation: string | null
}

const traceparent = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-[0-9a-f]{2}$/
const operationMember = /(?:^|,)\s*aitp\.operation=(?<operation>[0-9a-f]{16})\s*(?:[,;]|$)/

/**
 * Reads the context of a request; ids that it does not name are fresh ones.
 *
 * @param randomHex that many random bytes as hex digits
 */
export function readTraceContext(
  headers: HeaderFields,
  randomHex: (bytes: number) => string,
): RequestContext {
  const trace = traceparent.exec(String(headers['traceparent'] ?? ''))?.groups
  const operation = operationMember.exec(String(headers['baggage'] ?? ''))?.groups?.['operation']
  return {
    traceId: trace?.['traceId'] ?? randomHex(16),
    spanId: trace?.['spanId'] ?? randomHex(8),
    operation: operation ?? null,
  }
}
