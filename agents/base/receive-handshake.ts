import type { Request, Response } from 'express'
import { AitpError } from '../../src/aitp/index.ts'
import { type Agent, partyOf, randomness, recordIssued } from './agent.ts'
import { unixNow } from './clock.ts'
import { type Answer, Inbound } from './inbound.ts'
import { requireRate } from './limit-rate.ts'
import { peerRefusalBody, peerRefusalHeaders, refusalOf, WorkerError } from './refusal.ts'
import { requireJson } from './require-json.ts'
import { tokenFacts } from './token-facts.ts'

/** `POST /aitp/handshake/hello`: a peer wants to shake hands (RFC-AITP-0004). */
export async function receiveHello(agent: Agent, request: Request, response: Response): Promise<void> {
  const inbound = new Inbound(agent, 'hello', request, response)
  const collector = agent.aitp.createCollector()
  const now = unixNow()
  const sessionId = agent.aitp.newUuid(randomness)
  try {
    requireJson(request, inbound)
    const mayBeUnpinned = agent.address.isOpen && !isPinned(agent, inbound.text)
    const { state, message, peer } = agent.aitp.receiveHello(partyOf(agent, mayBeUnpinned), inbound.text, {
      now,
      randomBytes: randomness,
      collector,
      expectedPeers: mayBeUnpinned ? undefined : agent.peers.aids(),
    })
    requireRate(agent, peer.aid)
    agent.manifests.offer(peer, now)
    if (!agent.pending.put(sessionId, state, now))
      throw new WorkerError(503, 'limited', 'too many handshakes are waiting', { retryable: true })
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

/** `POST /aitp/handshake/commit`: the peer of an answered hello ends the handshake. */
export async function receiveCommit(agent: Agent, request: Request, response: Response): Promise<void> {
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
    recordIssued(agent, issued)
    agent.telemetry.event(
      {
        type: 'handshake.complete',
        session_id: sessionId,
        role: 'responder',
        peer_aid: peer.aid,
        grants: [...held.claims.grants],
        tct: tokenFacts(agent.aitp, held),
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

/** Whether a hello claims to come from a pinned peer, which it must then prove; any other AID is a stranger's. */
function isPinned({ peers }: Agent, hello: string): boolean {
  try {
    return peers.byAid(JSON.parse(hello).sender.agent_id) !== undefined
  } catch {
    return false
  }
}

function refuse(
  agent: Agent,
  inbound: Inbound,
  error: unknown,
  sessionId?: string,
): Pick<Answer, 'status' | 'headers' | 'text'> {
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
  return { status: refusal.status, headers: peerRefusalHeaders(refusal), text: peerRefusalBody(refusal) }
}
