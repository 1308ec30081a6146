import { findPin } from '../identity/pins.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import type { HandshakeParty } from './party.ts'

/**
 * What this agent issues to a peer: of what the peer asked for, in its order, everything that this agent offers and
 * that neither its policy nor the pin of the peer's key excludes.
 */
export function grantsFor(
  party: HandshakeParty,
  peer: VerifiedManifest,
  requested: readonly string[],
): readonly string[] {
  const limits = [
    party.manifest.body.offered_capabilities,
    party.grantPolicy?.(peer),
    party.pins === null ? undefined : findPin(party.pins, peer.aid)?.allowedCapabilities,
  ]
  return requested.filter((grant) => limits.every((limit) => limit?.includes(grant) ?? true))
}
