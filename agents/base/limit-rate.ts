import type { NextFunction, Request, Response } from 'express'
import { exchangeKindOf } from '../../src/shared/exchange-kind.ts'
import type { Agent } from './agent.ts'
import { Inbound } from './inbound.ts'
import { WorkerError } from './refusal.ts'

/** Turns away an address that asks too often, before anything it sends is read (protocol.md §23.3). */
export function limitAddresses(agent: Agent) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const waitSecs = agent.rates.perAddress.admit(request.socket.remoteAddress ?? '', performance.now())
    if (waitSecs === 0) {
      next()
      return
    }
    const inbound = new Inbound(agent, exchangeKindOf(request.path), request, response)
    const headers = { 'retry-after': String(waitSecs), connection: 'close' }
    inbound.answer({ status: 429, text: '', headers, report: null }).catch(next)
  }
}

/** Only once a signature has shown who asks: else anybody could use up the share of another. Throws `limited`, 429. */
export function requireRate({ rates }: Agent, aid: string): void {
  const retryAfterSecs = rates.perAid.admit(aid, performance.now())
  if (retryAfterSecs === 0) return
  const message = `${aid} asks too often`
  throw new WorkerError(429, 'limited', message, { retryable: true, retryAfterSecs })
}
