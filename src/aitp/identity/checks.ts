import { type Aid, aidIdentifier } from '../aid.ts'
import { decodeBase64url } from '../base64url.ts'
import type { Compat } from '../compat.ts'
import { describe, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import { check, type Ladder } from '../ladder.ts'
import { acceptedIdentityTypes, type VerifiedManifest } from '../manifest/document.ts'
import type { JsonObject } from '../strict-json.ts'
import { faultEvidence } from '../structure.ts'
import { identityDescriptor } from './descriptor.ts'
import type { Jwk } from './jwk.ts'
import { verifyIdentityToken } from './oidc.ts'
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
  check('identity.issuer_keys', 'Keys of the identity issuer are at hand', 'RFC-AITP-0002', 'KEY_RESOLUTION_FAILED'),
  check('identity.proof', 'Identity proof verifies for this handshake', 'RFC-AITP-0002', 'IDENTITY_FAILED'),
] as const

export type IdentityCheckId = (typeof identityChecks)[number]['id']

export interface IdentityTerms {
  /** Unix seconds. */
  readonly now: number
  /** What the judge of this identity accepts; `null` leaves the check out. */
  readonly acceptedTypes: readonly string[] | null
  readonly trustAnchors: readonly string[] | null
  /** The judge's own identity type, which the peer has to accept in turn. */
  readonly ownType: string | null
  /** For whom the proof must have been made. */
  readonly receiver: Aid | null
  readonly peer: VerifiedManifest
  readonly pins: PinStore | null
  /** The key set of an OIDC issuer, `undefined` when it could not be had. Asked for trusted issuers only. */
  readonly issuerKeys: ((issuer: string) => readonly Jwk[] | undefined) | undefined
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
  checkTrustAnchor(ladder, identity, terms.trustAnchors)
  checkPin(ladder, identity, terms)
  if (identity['type'] === 'oidc') checkIdentityToken(engine, ladder, identity, terms)
  else checkPinnedKeyProof(engine, ladder, identity, terms)
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
  { acceptedTypes, ownType, peer }: IdentityTerms,
): void {
  const type = String(identity['type'])
  if (acceptedTypes === null) ladder.skip('identity.type_accepted', 'any type is accepted here')
  else {
    ladder.require('identity.type_accepted', acceptedTypes.includes(type), () => ({
      expected: listOf(acceptedTypes),
      actual: type,
    }))
  }
  if (ownType === null) {
    ladder.skip('identity.own_type_accepted', 'the type of this agent was not given')
    return
  }
  const acceptedByPeer: readonly string[] = acceptedIdentityTypes(peer.body)
  ladder.require('identity.own_type_accepted', acceptedByPeer.includes(ownType), () => ({
    expected: listOf(acceptedByPeer),
    actual: ownType,
  }))
}

function checkTrustAnchor(
  ladder: Ladder<IdentityCheckId>,
  { type, issuer }: JsonObject,
  anchors: readonly string[] | null,
): void {
  if (type === 'pinned_key') {
    ladder.skip('identity.trust_anchor', 'a pinned key has no issuer')
    return
  }
  if (anchors === null) {
    ladder.skip('identity.trust_anchor', 'any issuer is accepted here')
    return
  }
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

function checkPinnedKeyProof(
  engine: Engine,
  ladder: Ladder<IdentityCheckId>,
  { proof }: JsonObject,
  terms: IdentityTerms,
): void {
  ladder.skip('identity.issuer_keys', 'a pinned key has no issuer')
  const { sender, receiver, messageId, timestamp, compat } = terms
  if (receiver === null) {
    ladder.skip('identity.proof', 'no receiver was given')
    return
  }
  const popNonce = decodeBase64url(terms.popNonce)
  if (popNonce === undefined) throw new TypeError('the shape of pop_nonce was not required')
  const fields = { sender, receiver, messageId, timestamp, popNonce }
  const fault = pinnedKeyProofFault(
    engine,
    String(proof),
    fields,
    compat.acceptBinaryPinnedTimestamp === true,
  )
  ladder.require('identity.proof', fault === undefined, () => ({
    expected: `made by ${sender} for ${receiver} and this message`,
    actual: fault ?? 'verifies',
  }))
}

function checkIdentityToken(
  engine: Engine,
  ladder: Ladder<IdentityCheckId>,
  { issuer, subject, proof }: JsonObject,
  { now, receiver, sender, popNonce, issuerKeys }: IdentityTerms,
): void {
  const name = String(issuer)
  const keys = issuerKeys?.(name)
  const refusal = refusalOf(() =>
    verifyIdentityToken(engine, String(proof), {
      now,
      issuer: name,
      subject: String(subject),
      audience: receiver,
      nonce: popNonce,
      presenter: sender,
      keys,
    }),
  )
  const found = {
    expected: `keys of ${name}`,
    actual: keys === undefined ? 'none to be had' : `${keys.length}`,
  }
  if (refusal?.code === 'KEY_RESOLUTION_FAILED')
    ladder.refuse('identity.issuer_keys', { ...found, cause: refusal })
  if (keys === undefined) ladder.skip('identity.issuer_keys', 'the token is refused without them')
  else ladder.pass('identity.issuer_keys', () => found)
  const evidence = {
    expected: refusal?.expected ?? `made by ${name} for this handshake`,
    actual: refusal?.actual ?? 'verifies',
  }
  if (refusal !== undefined)
    ladder.refuse('identity.proof', {
      ...evidence,
      message: `${refusal.check}: ${refusal.message}`,
      cause: refusal,
    })
  ladder.pass('identity.proof', () => evidence)
}

function refusalOf(verify: () => void): AitpError | undefined {
  try {
    verify()
    return undefined
  } catch (error) {
    if (error instanceof AitpError) return error
    throw error
  }
}
