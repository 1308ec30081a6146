import express, { type Request, type Response, type Router } from 'express'
import type { Agent } from './agent.ts'
import { receiveRedemption } from './delegation/redemption-route.ts'
import { limitAddresses } from './limit-rate.ts'
import { limits } from './limits.ts'
import { manifestRoutes } from './manifest-routes.ts'
import { receiveCommit, receiveHello } from './receive-handshake.ts'
import { receiveRenewal } from './renewal/renewal-route.ts'

/** The routes by which peers reach this agent (RFC-AITP-0004 and its services). */
export function protocolRoutes(agent: Agent, isHost: (request: Request) => boolean): Router {
  const router = express.Router()
  router.use(manifestRoutes(agent, isHost))
  const take = (
    path: string,
    limit: number,
    receive: (agent: Agent, request: Request, response: Response) => Promise<void>,
  ) => {
    // Bytes as they came: a JSON body parser would lose duplicate members, which must be refused.
    const bytes = express.raw({ type: () => true, limit, inflate: false })
    router.post(path, limitAddresses(agent), bytes, (request, response) => receive(agent, request, response))
  }
  take('/aitp/handshake/hello', limits.body.handshake, receiveHello)
  take('/aitp/handshake/commit', limits.body.handshake, receiveCommit)
  take('/aitp/handshake/renew', limits.body.renewal, receiveRenewal)
  take('/aitp/delegation/redeem', limits.body.redemption, receiveRedemption)
  return router
}
