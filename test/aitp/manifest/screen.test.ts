import { describe, expect, it } from 'vitest'
import type { VerifiedManifest } from '../../../src/aitp/index.ts'
import { A, aitp, B, manifestOf, refusal, resignManifest, T0 } from '../fixtures.ts'

function own(changes: object = {}): VerifiedManifest {
  const manifest = resignManifest(A, { ...manifestOf(A, 'alpha').document.manifest, ...changes })
  return aitp.verifyManifest(JSON.stringify({ manifest }), { now: T0 })
}

function peer(changes: object = {}): VerifiedManifest {
  const manifest = resignManifest(B, { ...manifestOf(B, 'beta').document.manifest, ...changes })
  return aitp.verifyManifest(JSON.stringify({ manifest }), { now: T0 })
}

/** Leaves the member out, which means OIDC only. */
const absent = { accepted_identity_types: undefined }
const oidc = (issuer: string) => ({ identity_hint: { type: 'oidc', subject: 's', issuer } })
const oidcOnly = (...accepted_trust_anchors: string[]) => ({
  accepted_identity_types: ['oidc'],
  accepted_trust_anchors,
})

describe('screenManifest', () => {
  it.each<[string, VerifiedManifest, VerifiedManifest, string]>([
    ['two pinned-key agents', own(), peer(), 'accepted'],
    [
      'a peer that accepts OIDC only',
      own(),
      peer({ accepted_identity_types: ['oidc'] }),
      'INCOMPATIBLE_IDENTITY_TYPE null',
    ],
    ['a peer that does not say what it accepts', own(), peer(absent), 'INCOMPATIBLE_IDENTITY_TYPE null'],
    [
      'a peer that accepts nobody',
      own(),
      peer({ accepted_identity_types: [] }),
      'INCOMPATIBLE_IDENTITY_TYPE null',
    ],
    [
      'a peer whose own type is not accepted',
      own(),
      peer(oidc('https://i.example')),
      'INCOMPATIBLE_IDENTITY_TYPE null',
    ],
    [
      'two OIDC agents with each other’s issuer',
      own({ ...oidc('https://a.example'), ...oidcOnly('https://b.example') }),
      peer({ ...oidc('https://b.example'), ...oidcOnly('https://a.example') }),
      'accepted',
    ],
    [
      'issuers that differ by a slash',
      own({ ...oidc('https://a.example'), ...oidcOnly('https://b.example') }),
      peer({ ...oidc('https://b.example'), ...oidcOnly('https://a.example/') }),
      'INCOMPATIBLE_TRUST_ANCHORS null',
    ],
    [
      'a peer that wants P-256',
      own(),
      peer({ accepted_signature_algorithms: ['p256'] }),
      'INVALID_SIGNATURE null',
    ],
    [
      'a peer that offers what is required',
      own({ required_peer_capabilities: ['beta.read'] }),
      peer(),
      'accepted',
    ],
    [
      'a peer that lacks it',
      own({ required_peer_capabilities: ['beta.rea'] }),
      peer(),
      'INSUFFICIENT_GRANTS null',
    ],
  ])('%s', (_, mine, theirs, verdict) => {
    expect(refusal(() => aitp.screenManifest(mine, theirs))).toBe(verdict)
  })
})
