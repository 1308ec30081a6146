import {
  AitpError,
  type Collector,
  type Established,
  type ReportSubject,
  type VerifiedManifest,
} from '../../src/aitp/index.ts'
import type { HandshakeDone, InitiateHandshake } from '../../src/shared/admin.ts'
import { type Agent, partyOf, randomness, recordIssued } from './agent.ts'
import { unixNow } from './clock.ts'
import { handshakeUrl, portOf, requireOrigin, tokenOrigin } from './endpoints.ts'
import { addresseeOf } from './faults/addressee.ts'
import { fetchManifest } from './fetch-manifest.ts'
import { holdToken } from './held-tokens.ts'
import { exchangeWith, type Incoming } from './outbound.ts'
import { failedAtPeer, refusedByPeer } from './peer-failure.ts'
import { isLoopbackHost } from './public-address.ts'
import { tokenFacts } from './token-facts.ts'

const timeoutMs = 10_000

/** Shakes hands with the agent behind a manifest address and keeps the TCT it issues. */
export async function initiateHandshake(
  agent: Agent,
  {
    peer_manifest_url: manifestUrl,
    requested_grants: requestedGrants = [],
    unpinned: isUnpinned,
    expected_origin: expectedOrigin,
  }: Omit<InitiateHandshake, 'fault'>,
): Promise<HandshakeDone> {
  if (isUnpinned) agent.peers.noteHostname(new URL(manifestUrl).hostname)
  const peer = await fetchManifest(agent, manifestUrl)
  if (expectedOrigin !== undefined) requireOrigin(peer, expectedOrigin)
  const grants = requestedGrants.length === 0 ? peer.body.offered_capabilities : requestedGrants
  const { established, sessionId, exchangeId } = await shakeHands(
    agent,
    manifestUrl,
    peer,
    grants,
    isUnpinned,
  )
  const { held, issued } = established
  holdToken(agent.held, peer, manifestUrl, held)
  agent.telemetry.event(
    {
      type: 'handshake.complete',
      session_id: sessionId,
      role: 'initiator',
      peer_aid: peer.aid,
      grants: [...held.claims.grants],
      tct: tokenFacts(agent.aitp, held),
      issued_jti: issued.claims.jti,
    },
    exchangeId,
  )
  return {
    grants: [...held.claims.grants],
    session_id: sessionId,
    peer_aid: peer.aid,
    peer_port: portOf(tokenOrigin(peer)),
    jti: held.claims.jti,
    expires_at: held.claims.exp,
  }
}

interface Shaken {
  readonly established: Established
  readonly sessionId: string
  readonly exchangeId: string
}

async function shakeHands(
  agent: Agent,
  manifestUrl: string,
  peer: VerifiedManifest,
  grants: readonly string[],
  isUnpinned: boolean,
): Promise<Shaken> {
  const pin = agent.peers.byManifestUrl(manifestUrl)
  let sessionId: string | undefined
  try {
    // Whoever is on this machine was introduced by the host, unless that says otherwise of a remote peer.
    const isHere = isLoopbackHost(new URL(manifestUrl).hostname)
    const mayBeUnpinned = pin === undefined && (isUnpinned || !isHere)
    const addressee = await addresseeOf(agent, peer)
    const start = agent.aitp.startHandshake(partyOf(agent, mayBeUnpinned), addressee, grants, {
      now: unixNow(),
      randomBytes: randomness,
      expectedAid: addressee === peer ? pin?.aid : addressee.aid,
    })
    const hello = await post(agent, 'hello', peer, start.message, {}, (incoming, collector, now) => {
      sessionId = incoming.headers.get('x-aitp-session-id') ?? undefined
      if (sessionId === undefined)
        throw new AitpError('INVALID_ENVELOPE', 'the answer to the hello names no session')
      return {
        sessionId,
        ...start.state.onHelloAck(incoming.text, { now, randomBytes: randomness, collector }),
      }
    })
    recordIssued(agent, hello.value.state.issued)
    const headers = { 'x-aitp-session-id': hello.value.sessionId }
    const commit = await post(
      agent,
      'commit',
      peer,
      hello.value.message,
      headers,
      (incoming, collector, now) =>
        hello.value.state.onCommitAck(incoming.text, { now, randomBytes: randomness, collector }),
    )
    return { established: commit.value, sessionId: hello.value.sessionId, exchangeId: commit.exchangeId }
  } catch (error) {
    const failure = failedAtPeer(error)
    const { code, check, message } = failure.refusal
    agent.telemetry.event({
      type: 'handshake.failed',
      role: 'initiator',
      error: message,
      code,
      check,
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
    })
    throw failure
  }
}

const subjects = { hello: 'mutual_hello_ack', commit: 'mutual_commit_ack' } as const satisfies Record<
  string,
  ReportSubject
>

async function post<Value>(
  agent: Agent,
  kind: 'hello' | 'commit',
  peer: VerifiedManifest,
  message: string,
  headers: Record<string, string>,
  verify: (incoming: Incoming, collector: Collector, now: number) => Value,
): Promise<{ value: Value; exchangeId: string }> {
  const collector = agent.aitp.createCollector()
  let checkedAt: number | null = null
  return exchangeWith(
    agent,
    {
      kind,
      method: 'POST',
      url: handshakeUrl(peer, kind).href,
      headers,
      body: message,
      peerAid: peer.aid,
      timeoutMs,
    },
    (incoming, exchangeId) => {
      if (incoming.status !== 200) throw refusedByPeer(incoming)
      checkedAt = unixNow()
      return {
        value: { value: verify(incoming, collector, checkedAt), exchangeId },
        sessionId: incoming.headers.get('x-aitp-session-id'),
      }
    },
    () => (checkedAt === null ? null : collector.report(subjects[kind], checkedAt)),
  )
}
