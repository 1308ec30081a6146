import { randomBytes } from 'node:crypto'
import { captureBody, captureHeaders, findTokens } from '../../src/shared/capture.ts'
import type { Report } from '../../src/shared/report.ts'
import type { Agent } from './agent.ts'
import { deliver } from './faults/deliver.ts'
import { type Incoming, sendRequest, type Transport } from './network/send-request.ts'
import type { Outgoing } from './outgoing.ts'
import { refusalOf } from './refusal.ts'
import { outgoingContext, requestContext } from './request-context.ts'

export { type Incoming, NoAnswer } from './network/send-request.ts'
export type { Outgoing } from './outgoing.ts'

/** What an agent needs to speak with others. */
export type Speaker = Pick<Agent, 'aitp' | 'peers' | 'telemetry' | 'sent'>

/** What a receiver makes of an answer; returned or thrown, it is recorded with the exchange. */
export interface Judged<Value> {
  readonly value: Value
  readonly sessionId?: string | null
}

/**
 * Sends a request to a peer, lets `judge` verify the answer, and records the exchange with the report, whichever way
 * it goes. `judge` throws to refuse; `report` is asked afterwards.
 */
export function exchangeWith<Value>(
  agent: Speaker,
  outgoing: Outgoing,
  judge: (incoming: Incoming, exchangeId: string) => Judged<Value>,
  report: () => Report | null,
): Promise<Value> {
  return deliver(agent, outgoing, {
    judged: (message, transport = sendRequest) => exchangeOnce(agent, message, { judge, report, transport }),
    unjudged: (message) =>
      exchangeOnce(agent, message, {
        judge: () => ({ value: undefined }),
        report: () => null,
        transport: sendRequest,
      }),
  })
}

interface Handling<Value> {
  readonly judge: (incoming: Incoming, exchangeId: string) => Judged<Value>
  readonly report: () => Report | null
  readonly transport: Transport
}

async function exchangeOnce<Value>(
  agent: Speaker,
  outgoing: Outgoing,
  { judge, report, transport }: Handling<Value>,
): Promise<Value> {
  const exchangeId = randomBytes(8).toString('hex')
  const startedAt = Date.now() / 1000
  const startedMs = performance.now()
  const headers = {
    ...(outgoing.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...outgoing.headers,
    ...outgoingContext(exchangeId),
  }
  let incoming: Incoming | null = null
  let sessionId = outgoing.headers?.['x-aitp-session-id'] ?? null
  let error: { code: string; message: string } | null = null
  try {
    incoming = await transport({ ...outgoing, headers }, { namedByHost: isNamedByHost(agent, outgoing) })
    const judged = judge(incoming, exchangeId)
    sessionId = judged.sessionId ?? sessionId
    return judged.value
  } catch (thrown) {
    const { code, message } = refusalOf(thrown, 502)
    error = { code, message }
    throw thrown
  } finally {
    const { traceId, spanId, operation } = requestContext()
    const responseHeaders = incoming ? [...incoming.headers] : []
    agent.telemetry.exchange({
      exchange_id: exchangeId,
      trace_id: traceId,
      side: 'client',
      kind: outgoing.kind,
      operation,
      parent_id: spanId,
      session_id: sessionId,
      peer_agent_id:
        outgoing.peerAid === null ? null : (agent.peers.byAid(outgoing.peerAid)?.agent_id ?? null),
      peer_aid: outgoing.peerAid,
      started_at: startedAt,
      duration_ms: performance.now() - startedMs,
      request: {
        method: outgoing.method,
        url: outgoing.url,
        headers: captureHeaders(Object.entries(headers)),
        body: captureBody(outgoing.body ?? ''),
      },
      response: incoming
        ? {
            status: incoming.status,
            headers: captureHeaders(responseHeaders),
            body: captureBody(incoming.text),
          }
        : null,
      error,
      report: incoming ? report() : null,
      request_tokens: findTokens(agent.aitp, Object.entries(headers), outgoing.body ?? ''),
      response_tokens: incoming ? findTokens(agent.aitp, responseHeaders, incoming.text) : [],
    })
  }
}

function isNamedByHost({ peers }: Speaker, { url, namedByHost = false }: Outgoing): boolean {
  return namedByHost || peers.hasHostname(new URL(url).hostname)
}
