import type { Request, Response } from 'express'
import { exchangeKindOf } from '../../src/shared/exchange-kind.ts'
import type { Agent } from './agent.ts'
import { Inbound } from './inbound.ts'
import { peerRefusalBody, refusalOf } from './refusal.ts'

/** Answers a request that failed before or in its route, and keeps it on record: a refusal must be seen too. */
export async function recordUnread(
  agent: Agent,
  error: Error & { status?: number },
  request: Request,
  response: Response,
): Promise<void> {
  const readable = error.status === undefined || error.status >= 500
  if (readable) console.error(error)
  const refusal = readable
    ? refusalOf(error, 500)
    : {
        status: error.status ?? 400,
        code: 'INVALID_ENVELOPE',
        message: error.message,
        check: null,
        retryable: false,
      }
  const inbound = new Inbound(agent, exchangeKindOf(request.path), request, response)
  await inbound.answer({ status: refusal.status, text: peerRefusalBody(refusal), report: null })
}
