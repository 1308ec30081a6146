import { isUtf8 } from 'node:buffer'
import type { Request, Response } from 'express'
import { captureBody, captureHeaders, findTokens, incomingHeaders } from '../../src/shared/capture.ts'
import type { ExchangeKind } from '../../src/shared/exchange.ts'
import type { Report } from '../../src/shared/report.ts'
import type { Agent } from './agent.ts'
import { requestContext } from './request-context.ts'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
  /** What this agent made of the request. */
  readonly report: Report | null
  readonly sessionId?: string | null
  readonly peerAid?: string | null
}

/** A request from a peer, on its way to being answered and recorded. */
export class Inbound {
  readonly text: string
  /** False where `text` had to replace bytes that are no UTF-8. */
  readonly isUtf8: boolean
  readonly exchangeId: string
  readonly #agent: Agent
  readonly #request: Request
  readonly #response: Response
  readonly #kind: ExchangeKind
  readonly #startedAt = Date.now() / 1000
  readonly #startedMs = performance.now()

  constructor(agent: Agent, kind: ExchangeKind, request: Request, response: Response) {
    this.#agent = agent
    this.#kind = kind
    this.#request = request
    this.#response = response
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    this.text = bytes.toString('utf8')
    this.isUtf8 = isUtf8(bytes)
    this.exchangeId = agent.exchangeIds.claim(requestContext().spanId)
  }

  /** Records the exchange, tells the host, and only then answers. */
  async answer({
    status,
    text,
    headers = {},
    report,
    sessionId = null,
    peerAid = null,
  }: Answer): Promise<void> {
    const { traceId, operation } = requestContext()
    const requestHeaders = incomingHeaders(this.#request.headers)
    const responseHeaders = Object.entries({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
    })
    const { aitp, peers, telemetry } = this.#agent
    telemetry.exchange({
      exchange_id: this.exchangeId,
      trace_id: traceId,
      side: 'server',
      kind: this.#kind,
      operation,
      session_id: sessionId,
      peer_agent_id: peerAid === null ? null : (peers.byAid(peerAid)?.agent_id ?? null),
      peer_aid: peerAid,
      started_at: this.#startedAt,
      duration_ms: performance.now() - this.#startedMs,
      request: {
        method: this.#request.method,
        url: `http://${this.#request.headers.host ?? ''}${this.#request.originalUrl}`,
        headers: captureHeaders(requestHeaders),
        body: captureBody(this.text),
      },
      response: { status, headers: responseHeaders, body: captureBody(text) },
      error: null,
      report,
      request_tokens: findTokens(aitp, requestHeaders, this.text),
      response_tokens: findTokens(aitp, responseHeaders, text),
    })
    await telemetry.flush()
    this.#response.status(status)
    for (const [name, value] of responseHeaders) this.#response.setHeader(name, value)
    this.#response.end(text)
  }
}
