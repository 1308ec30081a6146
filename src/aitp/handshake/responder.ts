import type { Aid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import { Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { type CommitCheckId, commitChecks, type HelloCheckId, helloChecks } from './checks.ts'
import { checkCommitContent, type Exchange, issueToPeer, openCommit, writeCommit } from './commit.ts'
import { checkHelloContent, openHello, writeHello } from './hello.ts'
import { requireOwnManifest } from './own-manifest.ts'
import type { Established, HandshakeParty, StepInput } from './party.ts'
import { helloShape, requestedGrants } from './payloads.ts'
import { DEADLINE_SECS, Turn } from './turn.ts'

/** What answering a hello needs from outside. */
export interface ReceiveHelloInput extends StepInput {
  /** The AIDs that may open a handshake here; without them the check is skipped. */
  readonly expectedPeers?: Iterable<Aid> | undefined
  /** What this agent asks of the peer in turn. By default what its own manifest requires of peers, else all the peer offers. */
  readonly requestedGrants?: readonly string[] | undefined
}

/** The hello is answered; one commit of the same peer leads on. */
export interface AwaitingCommit {
  readonly peer: VerifiedManifest
  /** Unix seconds; from then on the record may be dropped. */
  readonly expiresAt: number
  /**
   * Whether the attempt is over. A commit that its envelope does not prove to be the peer's leaves it open, so that
   * whoever learns a session id cannot end a handshake with it; every later failure is final.
   */
  readonly isSpent: boolean
  onCommit(text: string, step: StepInput): { readonly established: Established; readonly message: string }
}

/** Answers a MUTUAL_HELLO. The message is a MUTUAL_HELLO_ACK envelope. */
export function receiveHello(
  engine: Engine,
  party: HandshakeParty,
  text: string,
  step: ReceiveHelloInput,
): { readonly state: AwaitingCommit; readonly message: string; readonly peer: VerifiedManifest } {
  requireOwnManifest(party)
  const ladder: Ladder<HelloCheckId> = new Ladder(helloChecks, step.collector)
  const terms = {
    prefix: 'hello',
    messageType: 'mutual_hello',
    payload: helloShape,
    expectedPeers: step.expectedPeers,
    now: step.now,
  } as const
  const opened = openHello(engine, ladder, party, text, terms)
  const peer = checkHelloContent(engine, ladder, party, opened, terms)
  const requestedByUs = step.requestedGrants ?? defaultRequest(party, peer)
  const peerNonce = String(opened.payload['pop_nonce'])
  const { message, popNonce } = writeHello(
    engine,
    party,
    {
      messageType: 'mutual_hello_ack',
      receiver: peer.aid,
      requestedGrants: [...requestedByUs],
      echo: peerNonce,
    },
    step,
  )
  const requestedByPeer = requestedGrants(opened.payload)
  const exchange = { peer, ownNonce: popNonce, peerNonce, requestedByPeer, requestedByUs }
  return { state: awaitingCommit(engine, party, exchange, step.now), message, peer }
}

/** A handshake with nothing requested must fail at the peer, so an agent without requirements asks for everything. */
function defaultRequest({ manifest }: HandshakeParty, peer: VerifiedManifest): readonly string[] {
  const required = manifest.body.required_peer_capabilities ?? []
  return required.length > 0 ? required : peer.body.offered_capabilities
}

function awaitingCommit(
  engine: Engine,
  party: HandshakeParty,
  exchange: Exchange,
  startedAt: number,
): AwaitingCommit {
  const turn = new Turn(startedAt)
  const { peer } = exchange
  return {
    peer,
    expiresAt: startedAt + DEADLINE_SECS + 1,
    get isSpent() {
      return !turn.isOpen
    },
    onCommit(text, step) {
      const ladder: Ladder<CommitCheckId> = new Ladder(commitChecks, step.collector)
      turn.requireOpen(ladder, 'commit.state')
      turn.requireInTime(ladder, 'commit.deadline', step.now, DEADLINE_SECS)
      const opened = openCommit(engine, ladder, 'commit', party, exchange, text, step.now)
      turn.close()
      const held = checkCommitContent(engine, ladder, 'commit', party, exchange, opened, step.now)
      const issued = issueToPeer(engine, ladder, 'commit.issue', party, exchange, step)
      const message = writeCommit(engine, party, 'mutual_commit_ack', issued, exchange, step)
      return { established: { role: 'responder', peer, held, issued }, message }
    },
  }
}
