import { type Aid, aidIdentifier } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import type { Compat } from '../compat.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { check, type Ladder } from '../ladder.ts'
import { acceptedIdentityTypes, type VerifiedManifest } from '../manifest/document.ts'
import type { JsonObject } from '../strict-json.ts'
import { faultEvidence } from '../structure.ts'
import { identityDescriptor } from './descriptor.ts'
import { pinnedKeyProofFault } from './pinned-key.ts'
import { findPin, type PinStore } from './pins.ts'

/** Trust before proof: whoever is not acceptable anyway must not make this agent work or fetch. */
// biome-ignore format: a table, one row a check.
export const identityChecks = [
  check('identity.descriptor', 'Identity descriptor is complete and well-formed', 'RFC-AITP-0002 §1', 'IDENTITY_FAILED'),
  check('identity.hint', 'Identity agrees with the hint in the manifest', 'RFC-AITP-0002', 'IDENTITY_FAILED'),
  check('identity.type_accepted', 'Identity type is accepted here', 'RFC-AITP-0003 §3.2', 'INCOMPATIBLE_IDENTITY_TYPE'),
  check('identity.own_type_accepted', 'Identity type of this agent is accepted by the peer', 'RFC-AITP-0003 §3.2', 'INCOMPATIBLE_IDENTITY_TYPE'),
  check('identity.trust_anchor', 'Identity issuer is a trust anchor here', 'RFC-AITP-0002', 'INCOMPATIBLE_TRUST_ANCHORS'),
  check('identity.key', 'Pinned key is the key in the sender AID', 'RFC-AITP-0002 §3.2', 'IDENTITY_FAILED'),
  check('identity.pin', 'Key is in the trust store, for this subject', 'RFC-AITP-0002 §3.2', 'IDENTITY_FAILED'),
  check('identity.proof', 'Identity proof verifies for this handshake', 'RFC-AITP-0002 §3.1', 'IDENTITY_FAILED'),
] as const

export type IdentityCheckId = (typeof identityChecks)[number]['id']

export interface IdentityTerms {
  readonly own: VerifiedManifest
  readonly peer: VerifiedManifest
  readonly pins: PinStore | null
  readonly compat: Compat
  /** From the envelope that carries the identity. */
  readonly sender: Aid
  readonly messageId: string
  readonly timestamp: number
  /** The presenter's own nonce, from the same payload. */
  readonly popNonce: string
}

export function checkIdentity(
  engine: Engine,
  ladder: Ladder<IdentityCheckId>,
  identity: JsonObject,
  terms: IdentityTerms,
): void {
  const fault = identityDescriptor(identity)
  if (fault !== undefined) ladder.refuse('identity.descriptor', faultEvidence(fault))
  ladder.pass('identity.descriptor')
  checkHint(ladder, identity, terms.peer)
  checkTypes(ladder, identity, terms)
  checkTrustAnchor(ladder, identity, terms.own)
  checkPin(ladder, identity, terms)
  checkProof(engine, ladder, identity, terms)
}

function checkHint(ladder: Ladder<IdentityCheckId>, identity: JsonObject, { body }: VerifiedManifest): void {
  const { type, subject, issuer, public_key } = identity
  const hint = body.identity_hint
  const agrees =
    type === hint.type && subject === hint.subject && issuer === hint.issuer && public_key === hint.public_key
  ladder.require('identity.hint', agrees, () => ({
    expected: `${hint.type} ${describe(hint.subject)} ${hint.issuer ?? hint.public_key ?? ''}`,
    actual: `${String(type)} ${describe(subject)} ${String(issuer ?? public_key)}`,
  }))
}

function checkTypes(
  ladder: Ladder<IdentityCheckId>,
  identity: JsonObject,
  { own, peer }: IdentityTerms,
): void {
  const type = String(identity['type'])
  const accepted: readonly string[] = acceptedIdentityTypes(own.body)
  ladder.require('identity.type_accepted', accepted.includes(type), () => ({
    expected: listOf(accepted),
    actual: type,
  }))
  const ownType = own.body.identity_hint.type
  const acceptedByPeer = acceptedIdentityTypes(peer.body)
  ladder.require('identity.own_type_accepted', acceptedByPeer.includes(ownType), () => ({
    expected: listOf(acceptedByPeer),
    actual: ownType,
  }))
}

function checkTrustAnchor(
  ladder: Ladder<IdentityCheckId>,
  identity: JsonObject,
  own: VerifiedManifest,
): void {
  const { type, issuer } = identity
  if (type === 'pinned_key') {
    ladder.skip('identity.trust_anchor', 'a pinned key has no issuer')
    return
  }
  const anchors = own.body.accepted_trust_anchors
  ladder.require('identity.trust_anchor', anchors.includes(String(issuer)), () => ({
    expected: listOf(anchors),
    actual: String(issuer),
  }))
}

function checkPin(
  ladder: Ladder<IdentityCheckId>,
  identity: JsonObject,
  { sender, pins }: IdentityTerms,
): void {
  const { type, subject, public_key } = identity
  if (type !== 'pinned_key') {
    ladder.skip('identity.key', 'the identity is no pinned key')
    ladder.skip('identity.pin', 'the identity is no pinned key')
    return
  }
  const expected = aidIdentifier(sender)
  ladder.require('identity.key', public_key === expected, () => ({ expected, actual: String(public_key) }))
  if (pins === null) {
    ladder.skip('identity.pin', 'there is no trust store')
    return
  }
  const pin = findPin(pins, sender)
  const trusted = pin !== undefined && (pin.subject === undefined || pin.subject === subject)
  ladder.require('identity.pin', trusted, () => ({
    expected: pin === undefined ? 'a pinned key' : describe(pin.subject),
    actual: pin === undefined ? `${sender} is not pinned` : describe(subject),
  }))
}

function checkProof(
  engine: Engine,
  ladder: Ladder<IdentityCheckId>,
  identity: JsonObject,
  terms: IdentityTerms,
): void {
  const { type, proof } = identity
  const popNonce = decodeBase64url(terms.popNonce)
  if (type !== 'pinned_key' || popNonce === undefined) {
    ladder.refuse('identity.proof', {
      expected: 'a pinned key',
      actual: `${String(type)}, which is not supported`,
    })
  }
  const { sender, own, messageId, timestamp, compat } = terms
  const fields = { sender, receiver: own.aid, messageId, timestamp, popNonce }
  const fault = pinnedKeyProofFault(
    engine,
    String(proof),
    fields,
    compat.acceptBinaryPinnedTimestamp === true,
  )
  ladder.require('identity.proof', fault === undefined, () => ({
    expected: `signed by ${sender} for ${own.aid}`,
    actual: fault ?? 'verifies',
  }))
}
