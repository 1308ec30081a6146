import { aidAlgorithm } from '../aid.ts'
import { listOf } from '../describe.ts'
import { AitpError } from '../errors.ts'
import { acceptedIdentityTypes, type VerifiedManifest } from './document.ts'

/**
 * Whether two agents can shake hands at all, before the first message (RFC-AITP-0003). Throws the code the
 * handshake would end with.
 */
export function screenManifest(own: VerifiedManifest, peer: VerifiedManifest): void {
  requireIdentityType(own, peer)
  requireIdentityType(peer, own)
  requireTrustAnchor(own, peer)
  requireTrustAnchor(peer, own)
  requireSignatureAlgorithm(own, peer)
  requireCapabilities(own, peer)
}

function requireIdentityType(presenter: VerifiedManifest, judge: VerifiedManifest): void {
  const { type } = presenter.body.identity_hint
  const accepted = acceptedIdentityTypes(judge.body)
  if (accepted.includes(type)) return
  throw new AitpError(
    'INCOMPATIBLE_IDENTITY_TYPE',
    `${judge.aid} accepts ${listOf(accepted)}, the identity of ${presenter.aid} is ${type}`,
    { expected: listOf(accepted), actual: type },
  )
}

function requireTrustAnchor(presenter: VerifiedManifest, judge: VerifiedManifest): void {
  const { type, issuer } = presenter.body.identity_hint
  const accepted = judge.body.accepted_trust_anchors
  if (type !== 'oidc' || issuer === undefined || accepted.includes(issuer)) return
  throw new AitpError(
    'INCOMPATIBLE_TRUST_ANCHORS',
    `${judge.aid} accepts ${listOf(accepted)}, the issuer of ${presenter.aid} is ${issuer}`,
    { expected: listOf(accepted), actual: issuer },
  )
}

/** The registry has no code for this one. */
function requireSignatureAlgorithm(own: VerifiedManifest, peer: VerifiedManifest): void {
  const accepted = peer.body.accepted_signature_algorithms
  const algorithm = aidAlgorithm(own.aid)
  if (accepted === undefined || accepted.includes(algorithm)) return
  throw new AitpError(
    'INVALID_SIGNATURE',
    `${peer.aid} accepts ${listOf(accepted)}, this agent signs with ${algorithm}`,
    {
      expected: listOf(accepted),
      actual: algorithm,
    },
  )
}

function requireCapabilities(own: VerifiedManifest, peer: VerifiedManifest): void {
  const offered = peer.body.offered_capabilities
  const missing = (own.body.required_peer_capabilities ?? []).filter((name) => !offered.includes(name))
  if (missing.length === 0) return
  throw new AitpError(
    'INSUFFICIENT_GRANTS',
    `${peer.aid} does not offer ${listOf(missing)}, which this agent requires`,
    {
      expected: listOf(missing),
      actual: listOf(offered),
    },
  )
}
