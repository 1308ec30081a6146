import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What travels with a request through the agents: W3C trace context, and the host's operation as W3C baggage. */
export interface RequestContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits: the caller's span, which is the id of the exchange. */
  readonly spanId: string
  /** The operation that the host began; `null` for a request from elsewhere. */
  readonly operation: string | null
}

const storage = new AsyncLocalStorage<RequestContext>()
const traceparent = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-[0-9a-f]{2}$/
const operationMember = /(?:^|,)\s*aitp\.operation=(?<operation>[0-9a-f]{16})\s*(?:[,;]|$)/

export function readRequestContext(headers: IncomingHttpHeaders): RequestContext {
  const trace = traceparent.exec(String(headers['traceparent'] ?? ''))?.groups
  const operation = operationMember.exec(String(headers['baggage'] ?? ''))?.groups?.['operation']
  return {
    traceId: trace?.['traceId'] ?? randomBytes(16).toString('hex'),
    spanId: trace?.['spanId'] ?? randomBytes(8).toString('hex'),
    operation: operation ?? null,
  }
}

export function withRequestContext<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work)
}

/** The context of the request being answered; a fresh one for work that no request began. */
export function requestContext(): RequestContext {
  return storage.getStore() ?? readRequestContext({})
}

/** The headers that pass the context on under a new span. */
export function outgoingContext(spanId: string): Record<string, string> {
  const { traceId, operation } = requestContext()
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    ...(operation === null ? {} : { baggage: `aitp.operation=${operation}` }),
  }
}
