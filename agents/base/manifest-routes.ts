import express, { type Request, type Response, type Router } from 'express'
import { unsignedReport } from '../../src/shared/capture.ts'
import type { Agent } from './agent.ts'
import { unixNow } from './clock.ts'
import { didDocument } from './did-document.ts'
import { Inbound } from './inbound.ts'

/** The documents by which this agent is found (RFC-AITP-0003). */
export function manifestRoutes(agent: Agent, isHost: (request: Request) => boolean): Router {
  const router = express.Router()
  router.get('/.well-known/aitp-manifest', (request, response) =>
    serveManifest(agent, request, response, isHost(request)),
  )
  const did = didDocument(agent.address)
  if (did !== null) {
    const text = JSON.stringify(did)
    router.get('/.well-known/did.json', (request, response) =>
      new Inbound(agent, 'did', request, response).answer({
        status: 200,
        text,
        headers: { 'content-type': 'application/did+json' },
        report: unsignedReport(unixNow(), 'a request for a DID document is not signed'),
      }),
    )
  }
  return router
}

async function serveManifest(
  agent: Agent,
  request: Request,
  response: Response,
  forHost: boolean,
): Promise<void> {
  const { text, verified } = agent.identity.manifest()
  const now = unixNow()
  const headers = { 'cache-control': `max-age=${Math.max(0, verified.expiresAt - now)}` }
  // The host's own look is no message between agents.
  if (forHost) {
    response.type('application/json').set(headers).end(text)
    return
  }
  const inbound = new Inbound(agent, 'manifest', request, response)
  await inbound.answer({
    status: 200,
    text,
    headers,
    report: unsignedReport(now, 'a request for a manifest is not signed'),
  })
}
