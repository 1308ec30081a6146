import {
  AitpError,
  type Collector,
  type Established,
  type ReportSubject,
  type VerifiedManifest,
} from '../../src/aitp/index.ts'
import type { HandshakeDone } from '../../src/shared/admin.ts'
import { type Agent, partyOf, randomness } from './agent.ts'
import { unixNow } from './clock.ts'
import { exchangeWith, type Incoming } from './outbound.ts'
import { WorkerError } from './refusal.ts'

const timeoutMs = 10_000

/** Shakes hands with the agent behind a manifest address and keeps the TCT it issues. */
export async function initiateHandshake(
  agent: Agent,
  manifestUrl: string,
  requestedGrants: readonly string[],
): Promise<HandshakeDone> {
  const peer = await fetchManifest(agent, manifestUrl)
  const grants = requestedGrants.length === 0 ? peer.body.offered_capabilities : requestedGrants
  const { established, sessionId, exchangeId } = await shakeHands(agent, manifestUrl, peer, grants)
  const { held, issued } = established
  const origin = new URL(peer.body.handshake_endpoint)
  agent.held.set(peer.aid, { held, origin: origin.origin })
  agent.telemetry.event(
    {
      type: 'handshake.complete',
      session_id: sessionId,
      role: 'initiator',
      peer_aid: peer.aid,
      grants: [...held.claims.grants],
      tct: { claims: { ...held.claims }, fingerprint: held.fingerprint },
      issued_jti: issued.claims.jti,
    },
    exchangeId,
  )
  return {
    grants: [...held.claims.grants],
    session_id: sessionId,
    peer_aid: peer.aid,
    peer_port: portOf(origin),
    jti: held.claims.jti,
    expires_at: held.claims.exp,
  }
}

async function fetchManifest(agent: Agent, url: string): Promise<VerifiedManifest> {
  const pin = agent.peers.byManifestUrl(url)
  const now = unixNow()
  const collector = agent.aitp.createCollector()
  let exchange = ''
  try {
    return await exchangeWith(
      agent,
      { kind: 'manifest', method: 'GET', url, peerAid: pin?.aid ?? null, timeoutMs },
      ({ status, text }, exchangeId) => {
        exchange = exchangeId
        if (status !== 200) throw new AitpError('MANIFEST_NOT_FOUND', `${url} answered ${status}`)
        return {
          value: agent.aitp.verifyManifest(text, {
            now,
            ...(pin ? { expectedAid: pin.aid } : {}),
            allowLoopbackHttp: true,
            collector,
          }),
        }
      },
      () => collector.report('manifest', now),
    )
  } catch (error) {
    const { code, check, message } = explain(error, 'MANIFEST_NOT_FOUND')
    agent.telemetry.event(
      { type: 'manifest.verify_failed', cause: code, check, source_url: url },
      exchange === '' ? undefined : exchange,
    )
    throw new WorkerError(502, code, message, { check, cause: error })
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
): Promise<Shaken> {
  const pin = agent.peers.byManifestUrl(manifestUrl)
  let sessionId: string | undefined
  try {
    const start = agent.aitp.startHandshake(partyOf(agent), peer, grants, {
      now: unixNow(),
      randomBytes: randomness,
      ...(pin ? { expectedAid: pin.aid } : {}),
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
    const { code, check, message } = explain(error, 'no_answer')
    agent.telemetry.event({
      type: 'handshake.failed',
      role: 'initiator',
      error: message,
      code,
      check,
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
    })
    throw new WorkerError(502, code, message, { check, cause: error })
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
      url: new URL(kind, handshakeBase(peer.body.handshake_endpoint)).href,
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

/** The peer's own refusal: its code is data about the attempt and not yet proven, so it is never acted upon. */
function refusedByPeer({ status, text }: Incoming): WorkerError {
  try {
    const { code } = JSON.parse(text).error
    if (typeof code === 'string') return new WorkerError(502, code, `the peer refused with ${code}`)
  } catch {
    // Not the error body of the protocol; the status is all there is.
  }
  return new WorkerError(502, `HTTP ${status}`, `the peer answered ${status}`)
}

function explain(error: unknown, otherwise: string): { code: string; check: string | null; message: string } {
  if (error instanceof AitpError) return { code: error.code, check: error.check, message: error.message }
  if (error instanceof WorkerError) return error.refusal
  return { code: otherwise, check: null, message: error instanceof Error ? error.message : String(error) }
}

/** What `hello` and `commit` are relative to: some publish the address of the hello itself, some leave the slash out. */
function handshakeBase(endpoint: string): string {
  const base = endpoint.replace(/\/hello\/?$/, '')
  return base.endsWith('/') ? base : `${base}/`
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
