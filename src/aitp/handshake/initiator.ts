import { type Aid, isSameKey } from '../aid.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { screenManifest } from '../manifest/screen.ts'
import { type CommitAckCheckId, commitAckChecks, type HelloAckCheckId, helloAckChecks } from './checks.ts'
import {
  checkCommitContent,
  checkNonceEcho,
  type Exchange,
  issueToPeer,
  openCommit,
  writeCommit,
} from './commit.ts'
import { checkHelloContent, openHello, writeHello } from './hello.ts'
import { requireOwnManifest } from './own-manifest.ts'
import type { Established, HandshakeParty, IssuedToken, StepInput } from './party.ts'
import { helloAckShape, requestedGrants } from './payloads.ts'
import { DEADLINE_SECS, Turn } from './turn.ts'

/** What opening a handshake needs from outside. */
export interface StartInput extends StepInput {
  /** The AID pinned for this peer. */
  readonly expectedAid?: Aid | undefined
}

/** The hello is sent; only its answer leads on. Any failure is final. */
export interface AwaitingHelloAck {
  readonly peer: VerifiedManifest
  onHelloAck(text: string, step: StepInput): { readonly state: AwaitingCommitAck; readonly message: string }
}

/** The commit is sent; only its answer leads on. Any failure is final. */
export interface AwaitingCommitAck {
  readonly peer: VerifiedManifest
  readonly issued: IssuedToken
  onCommitAck(text: string, step: StepInput): Established
}

/** Opens a handshake with a peer whose manifest is verified. The message is a MUTUAL_HELLO envelope. */
export function startHandshake(
  engine: Engine,
  party: HandshakeParty,
  peer: VerifiedManifest,
  grants: readonly string[],
  step: StartInput,
): { readonly state: AwaitingHelloAck; readonly message: string } {
  requireOwnManifest(party)
  requirePinned(peer, step.expectedAid)
  screenManifest(party.manifest, peer)
  const { message, popNonce } = writeHello(
    engine,
    party,
    { messageType: 'mutual_hello', receiver: peer.aid, requestedGrants: [...grants] },
    step,
  )
  return { state: awaitingHelloAck(engine, party, { peer, popNonce, grants, start: step }), message }
}

interface Hello {
  readonly peer: VerifiedManifest
  readonly popNonce: string
  readonly grants: readonly string[]
  readonly start: StartInput
}

function awaitingHelloAck(engine: Engine, party: HandshakeParty, hello: Hello): AwaitingHelloAck {
  const turn = new Turn(hello.start.now)
  return {
    peer: hello.peer,
    onHelloAck(text, step) {
      const ladder: Ladder<HelloAckCheckId> = new Ladder(helloAckChecks, step.collector)
      turn.requireOpen(ladder, 'hello_ack.state')
      turn.close()
      turn.requireInTime(ladder, 'hello_ack.deadline', step.now, DEADLINE_SECS)
      const exchange = readHelloAck(engine, ladder, party, hello, text, step)
      const issued = issueToPeer(engine, ladder, 'hello_ack.issue', party, exchange, step)
      const message = writeCommit(engine, party, 'mutual_commit', issued, exchange, step)
      return { state: awaitingCommitAck(engine, party, exchange, issued, step.now), message }
    },
  }
}

function readHelloAck(
  engine: Engine,
  ladder: Ladder<HelloAckCheckId>,
  party: HandshakeParty,
  { peer, popNonce, grants, start }: Hello,
  text: string,
  { now }: StepInput,
): Exchange {
  const { expectedAid } = start
  const terms = {
    prefix: 'hello_ack',
    messageType: 'mutual_hello_ack',
    payload: helloAckShape,
    expectedPeers: expectedAid === undefined ? undefined : [expectedAid],
    now,
  } as const
  const opened = openHello(engine, ladder, party, text, terms)
  ladder.require('hello_ack.sender', opened.sender === peer.aid, () => ({
    expected: peer.aid,
    actual: opened.sender,
  }))
  const inline = checkHelloContent(engine, ladder, party, opened, terms)
  checkNonceEcho(ladder, 'hello_ack.nonce_echo', popNonce, opened.payload)
  return {
    // A manifest of the same agent replaces another only when it was published later.
    peer: inline.publishedAt > peer.publishedAt ? inline : peer,
    ownNonce: popNonce,
    peerNonce: String(opened.payload['pop_nonce']),
    requestedByPeer: requestedGrants(opened.payload),
    requestedByUs: grants,
  }
}

function awaitingCommitAck(
  engine: Engine,
  party: HandshakeParty,
  exchange: Exchange,
  issued: IssuedToken,
  startedAt: number,
): AwaitingCommitAck {
  const turn = new Turn(startedAt)
  const { peer } = exchange
  return {
    peer,
    issued,
    onCommitAck(text, { now, collector }) {
      const ladder: Ladder<CommitAckCheckId> = new Ladder(commitAckChecks, collector)
      turn.requireOpen(ladder, 'commit_ack.state')
      turn.close()
      const opened = openCommit(engine, ladder, 'commit_ack', party, exchange, text, now)
      const held = checkCommitContent(engine, ladder, 'commit_ack', party, exchange, opened, now)
      return { role: 'initiator', peer, held, issued }
    },
  }
}

function requirePinned(peer: VerifiedManifest, expectedAid: Aid | undefined): void {
  if (expectedAid === undefined || isSameKey(peer.aid, expectedAid)) return
  throw new AitpError(
    'IDENTITY_FAILED',
    `manifest shows ${peer.aid}, pinned for this peer is ${expectedAid}`,
    {
      check: 'hello.expected_peer',
      expected: expectedAid,
      actual: peer.aid,
    },
  )
}
