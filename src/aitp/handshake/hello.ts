import { type Aid, isSameKey } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import { listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { type MessageType, sealEnvelope } from '../envelope.ts'
import { type OpenedEnvelope, openEnvelope } from '../envelope-checks.ts'
import { checkIdentity } from '../identity/checks.ts'
import { presentIdentity } from '../identity/present.ts'
import type { Ladder } from '../ladder.ts'
import { acceptedIdentityTypes, type VerifiedManifest } from '../manifest/document.ts'
import { checkManifestBody } from '../manifest/verify.ts'
import type { Shape } from '../shape.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'
import { newUuid } from '../uuid.ts'
import type { HelloContentId, HelloPrefix } from './checks.ts'
import type { HandshakeParty, StepInput } from './party.ts'

/** A hello as sent, and what has to be remembered of it. */
export interface SentHello {
  readonly message: string
  /** This agent's nonce of the handshake, in its text form. */
  readonly popNonce: string
}

export interface HelloContent {
  readonly messageType: MessageType
  readonly receiver: Aid
  readonly requestedGrants: readonly string[]
  /** The initiator's nonce, in the ack only. */
  readonly echo?: string
}

/** Writes either hello. One id and one time serve both the envelope and the identity proof inside it. */
export function writeHello(
  engine: Engine,
  party: HandshakeParty,
  content: HelloContent,
  step: StepInput,
): SentHello {
  const { key, manifest } = party
  const nonceBytes = step.randomBytes(16)
  const popNonce = encodeBase64url(nonceBytes)
  const messageId = newUuid(step.randomBytes)
  const timestamp = step.now
  const payload = {
    identity: presentIdentity(engine, party, {
      sender: key.aid,
      receiver: content.receiver,
      messageId,
      timestamp,
      popNonce: nonceBytes,
    }),
    manifest: manifest.body,
    requested_grants: content.requestedGrants,
    pop_nonce: popNonce,
    ...(content.echo === undefined ? {} : { pop_nonce_echo: content.echo }),
  }
  const message = sealEnvelope(engine, key, {
    messageType: content.messageType,
    messageId,
    timestamp,
    payload,
  })
  return { message, popNonce }
}

export interface HelloTerms<Prefix extends HelloPrefix> {
  readonly prefix: Prefix
  readonly messageType: MessageType
  readonly payload: Shape
  /** The AIDs pinned for this peer; `undefined` when none is. */
  readonly expectedPeers: Iterable<Aid> | undefined
  readonly now: number
}

/** Opens the envelope of either hello and checks whether its sender is one that was pinned. */
export function openHello<Prefix extends HelloPrefix>(
  engine: Engine,
  ladder: Ladder<HelloContentId<Prefix>>,
  party: HandshakeParty,
  text: string,
  { prefix, messageType, payload, expectedPeers, now }: HelloTerms<Prefix>,
): OpenedEnvelope {
  const terms = { now, messageType, payload, replay: party.replay, compat: party.compat }
  const opened = openEnvelope(engine, ladder, prefix, text, terms)
  checkExpectedPeer(ladder, prefix, opened.sender, expectedPeers)
  return opened
}

/** The checks of either hello behind its envelope: the manifest and the identity. */
export function checkHelloContent<Prefix extends HelloPrefix>(
  engine: Engine,
  ladder: Ladder<HelloContentId<Prefix>>,
  party: HandshakeParty,
  { sender, messageId, timestamp, payload }: OpenedEnvelope,
  { prefix, now }: HelloTerms<Prefix>,
): VerifiedManifest {
  const tree = objectMember(payload, 'manifest')
  checkManifestAid(ladder, prefix, sender, tree)
  const peer = checkManifestBody(engine, ladder, tree, {
    now,
    allowLoopbackHttp: party.allowLoopbackHttp,
    compat: party.compat,
  })
  checkIdentity(engine, ladder, objectMember(payload, 'identity'), {
    now,
    acceptedTypes: acceptedIdentityTypes(party.manifest.body),
    trustAnchors: party.manifest.body.accepted_trust_anchors,
    ownType: party.manifest.body.identity_hint.type,
    receiver: party.key.aid,
    peer,
    pins: party.pins,
    issuerKeys: party.issuerKeys,
    compat: party.compat ?? {},
    sender,
    messageId,
    timestamp,
    popNonce: String(payload['pop_nonce']),
  })
  return peer
}

function checkExpectedPeer<Prefix extends HelloPrefix>(
  ladder: Ladder<HelloContentId<Prefix>>,
  prefix: Prefix,
  sender: Aid,
  expectedPeers: Iterable<Aid> | undefined,
): void {
  if (expectedPeers === undefined) {
    ladder.skip(`${prefix}.expected_peer`, 'no AID is pinned for this peer')
    return
  }
  const expected = [...expectedPeers]
  const isPinned = expected.some((aid) => isSameKey(aid, sender))
  ladder.require(`${prefix}.expected_peer`, isPinned, () => ({
    expected: listOf(expected),
    actual: sender,
    message: `hello is from ${sender}, pinned are ${listOf(expected)}`,
  }))
}

export function checkManifestAid<Prefix extends HelloPrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.manifest_aid`>,
  prefix: Prefix,
  sender: Aid,
  { aid }: JsonObject,
): void {
  // A malformed body is for the manifest checks to report.
  if (typeof aid !== 'string') {
    ladder.skip(`${prefix}.manifest_aid`, 'the manifest has no AID')
    return
  }
  ladder.require(`${prefix}.manifest_aid`, aid === sender, () => ({
    expected: sender,
    actual: aid.slice(0, 80),
  }))
}

/** A member that the shape of the payload requires to be an object. */
export function objectMember(payload: JsonObject, name: string): JsonObject {
  const member = payload[name]
  if (!isJsonObject(member)) throw new TypeError(`the shape of ${name} was not required`)
  return member
}
