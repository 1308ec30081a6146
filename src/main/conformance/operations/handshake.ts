import { AitpError, type Established, type HandshakeParty, type JsonObject } from '../../../aitp/index.ts'
import { HarnessError } from '../answer.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'
import type { Tree } from '../tree.ts'
import { deduplicate } from './envelope.ts'
import { keyOf } from './issue.ts'
import { issuerKeysOf } from './issuer-keys.ts'

/** Both roles over the states of the library; each step leaves the next one behind, or none. */
export const startHandshake: Operation = (params, session) => {
  const party = partyOf(params, session)
  const sessionId = session.aitp.newUuid(session.randomBytes)
  switch (params.text('role')) {
    case 'initiator':
      return { session_id: sessionId, ...initiate(sessionId, party, params, session) }
    case 'responder':
      session.handshakes.set(sessionId, respond(sessionId, party, session))
      return { session_id: sessionId, awaiting: 'mutual_hello' }
    default:
      throw new HarnessError('INVALID_REQUEST', 'role is initiator or responder')
  }
}

export const processHandshakeMessage: Operation = (params, session) => {
  if (!params.has('session_id')) return deduplicate('process_handshake_message', params, session)
  const sessionId = params.text('session_id')
  const step = session.handshakes.get(sessionId)
  if (step === undefined) {
    throw new AitpError('INVALID_ENVELOPE', `no handshake ${sessionId} waits for a message`)
  }
  // Every failure is final, so the step is gone whatever comes of it.
  session.handshakes.delete(sessionId)
  return step(params.json('envelope'), params)
}

function initiate(sessionId: string, party: HandshakeParty, params: Params, session: Session): Tree {
  const { aitp, handshakes } = session
  const now = nowOf(params, session)
  const peer = aitp.verifyManifest(manifestText(params, 'peer_manifest'), { now })
  const hello = aitp.startHandshake(party, peer, params.texts('requested_grants'), stepAt(params, session))
  handshakes.set(sessionId, (ack, ackParams) => {
    const commit = hello.state.onHelloAck(ack, stepAt(ackParams, session))
    handshakes.set(sessionId, (commitAck, last) =>
      established(commit.state.onCommitAck(commitAck, stepAt(last, session))),
    )
    return { envelope: parsed(commit.message) }
  })
  return { envelope: parsed(hello.message) }
}

function respond(
  sessionId: string,
  party: HandshakeParty,
  session: Session,
): (text: string, params: Params) => Tree {
  const { aitp, handshakes } = session
  return (hello, params) => {
    const ack = aitp.receiveHello(party, hello, stepAt(params, session))
    handshakes.set(sessionId, (commit, last) => {
      const done = ack.state.onCommit(commit, stepAt(last, session))
      return { ...established(done.established), envelope: parsed(done.message) }
    })
    return { envelope: parsed(ack.message) }
  }
}

function partyOf(params: Params, session: Session): HandshakeParty {
  const { aitp, compat } = session
  return {
    key: keyOf(params, 'keypair', session),
    manifest: aitp.verifyManifest(manifestText(params, 'manifest'), { now: nowOf(params, session) }),
    pins: null,
    tctTtlSecs: 3600,
    issueVoucher: true,
    allowLoopbackHttp: false,
    replay: aitp.createReplayStore({ capacity: 1000 }),
    issuerKeys: (issuer) => issuerKeysOf(params, issuer, session),
    compat,
  }
}

/** With its wrapper or without. */
function manifestText(params: Params, name: string): string {
  const text = params.json(name)
  return params.object(name).has('manifest') ? text : `{"manifest":${text}}`
}

function stepAt(params: Params, session: Session) {
  return { now: nowOf(params, session), randomBytes: session.randomBytes }
}

function established({ peer, held, issued }: Established): Tree {
  return {
    completed: true,
    peer: peer.aid,
    held_tct: held.token,
    grants: held.claims.grants,
    issued_tct: issued.token,
  }
}

function parsed(message: string): JsonObject {
  return JSON.parse(message) as JsonObject
}
