import express, { type Request, type Response, type Router } from 'express'
import { AitpError } from '../../src/aitp/index.ts'
import { type Agent, partyOf, randomness } from './agent.ts'
import { unsignedReport } from './capture.ts'
import { unixNow } from './clock.ts'
import { Inbound } from './inbound.ts'
import { peerRefusalBody, refusalOf } from './refusal.ts'

const largestHello = 64 * 1024

/** The routes by which peers reach this agent (RFC-AITP-0004). */
export function protocolRoutes(agent: Agent, isHost: (request: Request) => boolean): Router {
  const router = express.Router()
  router.get('/.well-known/aitp-manifest', (request, response) =>
    serveManifest(agent, request, response, isHost(request)),
  )
  // Bytes as they came: a JSON body parser would lose duplicate members, which must be refused.
  router.use('/aitp', express.raw({ type: () => true, limit: largestHello, inflate: false }))
  router.post('/aitp/handshake/hello', (request, response) => receiveHello(agent, request, response))
  router.post('/aitp/handshake/commit', (request, response) => receiveCommit(agent, request, response))
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

async function receiveHello(agent: Agent, request: Request, response: Response): Promise<void> {
  const inbound = new Inbound(agent, 'hello', request, response)
  const collector = agent.aitp.createCollector()
  const now = unixNow()
  const sessionId = agent.aitp.newUuid(randomness)
  try {
    requireJson(request, inbound)
    const { state, message, peer } = agent.aitp.receiveHello(partyOf(agent), inbound.text, {
      now,
      randomBytes: randomness,
      collector,
      expectedPeers: agent.peers.aids(),
    })
    if (!agent.pending.put(sessionId, state, now)) {
      await inbound.answer({
        status: 503,
        text: peerRefusalBody(busy),
        report: collector.report('mutual_hello', now),
      })
      return
    }
    agent.telemetry.event(
      { type: 'handshake.started', session_id: sessionId, role: 'responder', peer_aid: peer.aid },
      inbound.exchangeId,
    )
    await inbound.answer({
      status: 200,
      text: message,
      headers: { 'x-aitp-session-id': sessionId },
      report: collector.report('mutual_hello', now),
      sessionId,
      peerAid: peer.aid,
    })
  } catch (error) {
    const refusal = refuse(agent, inbound, error)
    await inbound.answer({ ...refusal, report: collector.report('mutual_hello', now) })
  }
}

async function receiveCommit(agent: Agent, request: Request, response: Response): Promise<void> {
  const inbound = new Inbound(agent, 'commit', request, response)
  const collector = agent.aitp.createCollector()
  const now = unixNow()
  const sessionId = request.header('x-aitp-session-id') ?? ''
  const state = agent.pending.get(sessionId, now)
  const named = { sessionId: state ? sessionId : null, peerAid: state?.peer.aid ?? null }
  try {
    requireJson(request, inbound)
    if (!state)
      throw new AitpError('INVALID_ENVELOPE', 'no handshake waits under this session id', {
        check: 'commit.session',
      })
    const { established, message } = state.onCommit(inbound.text, { now, randomBytes: randomness, collector })
    const { held, issued, peer } = established
    agent.telemetry.event(
      {
        type: 'handshake.complete',
        session_id: sessionId,
        role: 'responder',
        peer_aid: peer.aid,
        grants: [...held.claims.grants],
        tct: { claims: { ...held.claims }, fingerprint: held.fingerprint },
        issued_jti: issued.claims.jti,
      },
      inbound.exchangeId,
    )
    agent.pending.drop(sessionId)
    await inbound.answer({
      status: 200,
      text: message,
      report: collector.report('mutual_commit', now),
      ...named,
    })
  } catch (error) {
    if (state?.isSpent) agent.pending.drop(sessionId)
    const refusal = refuse(agent, inbound, error, state ? sessionId : undefined)
    await inbound.answer({
      ...refusal,
      report: state ? collector.report('mutual_commit', now) : null,
      ...named,
    })
  }
}

const busy = {
  status: 503,
  code: 'limited',
  message: 'too many handshakes are waiting',
  check: null,
  retryable: true,
}

function refuse(
  agent: Agent,
  inbound: Inbound,
  error: unknown,
  sessionId?: string,
): { status: number; text: string } {
  const refusal = refusalOf(error, 400)
  if (refusal.status === 500) console.error(error)
  agent.telemetry.event(
    {
      type: 'handshake.failed',
      role: 'responder',
      error: refusal.message,
      code: refusal.code,
      check: refusal.check,
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
    },
    inbound.exchangeId,
  )
  return { status: refusal.status, text: peerRefusalBody(refusal) }
}

function requireJson(request: Request, inbound: Inbound): void {
  const type = request.header('content-type') ?? ''
  if (!inbound.isUtf8) {
    throw new AitpError('INVALID_ENVELOPE', 'the body is not UTF-8', {
      check: 'http.encoding',
      expected: 'UTF-8',
    })
  }
  if (/^application\/(aitp\+)?json\b/i.test(type)) return
  throw new AitpError('INVALID_ENVELOPE', `content type is "${type}", not JSON`, {
    check: 'http.content_type',
    expected: 'application/json or application/aitp+json',
    actual: type,
  })
}
