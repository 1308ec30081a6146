import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import type { HeaderFields } from '../../src/shared/header-fields.ts'
import { type RequestContext, readTraceContext } from '../../src/shared/trace-context.ts'

const storage = new AsyncLocalStorage<RequestContext>()

export function readRequestContext(headers: HeaderFields): RequestContext {
  return readTraceContext(headers, (bytes) => randomBytes(bytes).toString('hex'))
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
