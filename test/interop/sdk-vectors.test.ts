import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AitpError, type Compat, canonicalize, currentOnly, transition } from '../../src/aitp/index.ts'
import { aitp, capability, claimsOf, reproducible, type Wire } from './craft.ts'
import { type FormRow, issuer, sdkCapability } from './form-scene.ts'
import { createIssuer } from './issuer.ts'
import { isRecord, text } from './judge.ts'
import { keyOf, oidcParty } from './sdk-identity-pairs.ts'
import { ourKey, ourManifest, ourParty, thirdKey } from './side.ts'

interface Exchanged {
  readonly artefact: string
  readonly direction: string
  readonly status: string
  readonly bytes: Readonly<Record<string, unknown>>
}

interface Recorded {
  readonly release: string
  readonly wire: Wire
  readonly recorded_at: number
  readonly rows: readonly FormRow[]
  readonly exchanged: readonly Exchanged[]
}

const folder = new URL('../vectors/sdk/', import.meta.url)
const releases: readonly Recorded[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recorded)
const ofOurWire = releases.filter(({ wire }) => wire === 'aitp/0.2')
const ofAnotherWire = releases.filter(({ wire }) => wire !== 'aitp/0.2')

/** What a verifier says: its code, or that it accepts. */
function said(act: () => unknown): string {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (error instanceof AitpError) return error.code
    throw error
  }
}

function row({ rows }: Recorded, id: string): FormRow {
  const found = rows.find((each) => each.id === id)
  if (found === undefined) throw new TypeError(`nothing is recorded of ${id}`)
  return found
}

function shown(found: FormRow, name: string): string {
  const document = found.bytes[name]
  if (document === undefined) throw new TypeError(`no ${name} is recorded of ${found.id}`)
  return JSON.stringify(document)
}

function exchange({ exchanged }: Recorded, artefact: string, direction: string): Exchanged | undefined {
  return exchanged.find(
    (each) => each.artefact === artefact && each.direction === direction && each.status === 'passed',
  )
}

function sdkAidOf(recorded: Recorded) {
  const { manifest } = row(recorded, 'manifest_members').bytes['emitted'] as { manifest: { aid: string } }
  return aitp.parseAid(manifest.aid)
}

it('has vectors of releases of both wires', () => {
  expect(ofOurWire.length).toBeGreaterThanOrEqual(2)
  expect(ofAnotherWire.length).toBeGreaterThanOrEqual(1)
})

describe.each(ofOurWire)('aitp-sdk $release', (recorded) => {
  const now = recorded.recorded_at
  const sdkAid = sdkAidOf(recorded)

  function receive(hello: string, compat: Compat) {
    const party = ourParty({ sdkAid, compat }, ourManifest(now).verified)
    return said(() => aitp.receiveHello(party, hello, { now, randomBytes: reproducible('test') }))
  }

  it('builds a manifest that verifies', () => {
    const manifest = shown(row(recorded, 'manifest_members'), 'emitted')
    expect(said(() => aitp.verifyManifest(manifest, { now, expectedAid: sdkAid }))).toBe('accepted')
  })

  it('builds a hello that is answered, the older timestamp only when it is accepted', () => {
    const found = row(recorded, 'pinned_timestamp')
    const hello = shown(found, 'emitted_hello')
    expect([receive(hello, transition), receive(hello, currentOnly)]).toEqual([
      'accepted',
      found.emits === 'binary' ? 'IDENTITY_FAILED' : 'accepted',
    ])
  })

  it('signs snapshots that verify, the wrapped form only when it is accepted', () => {
    const found = row(recorded, 'revocation_input')
    const verify = (name: string, compat: Compat) =>
      said(() => aitp.verifyRevocationList(shown(found, name), { now, expectedIssuer: sdkAid, compat }))
    const strict = found.emits === 'wrapped' ? 'REVOCATION_SNAPSHOT_SIGNATURE_INVALID' : 'accepted'
    expect([verify('emitted', transition), verify('emitted_empty', transition)]).toEqual([
      'accepted',
      'accepted',
    ])
    expect([verify('emitted', currentOnly), verify('emitted_empty', currentOnly)]).toEqual([strict, strict])
  })

  it('signs with P-256, the prehashed form only when it is accepted', () => {
    const found = row(recorded, 'p256_digest')
    const verify = (compat: Compat) =>
      said(() => aitp.verifyManifest(shown(found, 'emitted_manifest'), { now, compat }))
    expect([verify({ acceptPrehashedP256: true }), verify(currentOnly)]).toEqual([
      'accepted',
      found.emits === 'prehashed' ? 'MANIFEST_POP_FAILED' : 'accepted',
    ])
  })

  it('signs session bundles that verify, the wrapped form only when it is accepted', () => {
    const found = row(recorded, 'bundle_input')
    const verify = (compat: Compat) =>
      said(() =>
        aitp.verifySessionBundle(shown(found, 'emitted'), {
          now,
          selfAid: ourKey.aid,
          expectedCoordinator: sdkAid,
          compat,
        }),
      )
    const strict = found.emits?.startsWith('wrapped') ? 'BUNDLE_INVALID_SIGNATURE' : 'accepted'
    expect([verify(transition), verify(currentOnly)]).toEqual(['accepted', strict])
  })

  it.each(['ed25519', 'p256'] as const)('opens a handshake with an OIDC identity and %s keys', (suite) => {
    const artefact = suite === 'p256' ? 'handshake, OIDC, P-256 keys' : 'handshake, OIDC'
    const found = recorded.exchanged.find(
      (each) => each.artefact === artefact && each.direction === 'peer to ours',
    )
    if (found === undefined) throw new TypeError(`nothing is recorded of ${artefact}`)
    const at = Number(found.bytes['now'])
    const compat = { acceptPrehashedP256: true }
    const authority = createIssuer(issuer, suite === 'p256' ? 'ES256' : 'EdDSA')
    const manifest = aitp.verifyManifest(JSON.stringify(found.bytes['our_manifest']), { now: at, compat })
    const party = oidcParty(keyOf(suite), manifest, authority, { compat })
    const step = { now: at, randomBytes: reproducible('test') }
    const hello = JSON.stringify(found.bytes['hello'])
    expect(said(() => aitp.receiveHello(party, hello, step))).toBe('accepted')
    const elsewhere = { ...party, issuerKeys: () => undefined }
    const withoutKeys = { ...elsewhere, replay: aitp.createReplayStore({ capacity: 10 }) }
    expect(said(() => aitp.receiveHello(withoutKeys, hello, step))).toBe('KEY_RESOLUTION_FAILED')
  })

  it('delegates with a voucher of ours, and the token verifies at its issuer', () => {
    const found = row(recorded, 'delegation_claims')
    const token = String(found.bytes['token'])
    expect(said(() => aitp.verifyDelegation(token, { now, selfAid: ourKey.aid }))).toBe('accepted')
    expect(said(() => aitp.verifyDelegation(token, { now, selfAid: thirdKey.aid }))).toBe(
      'DELEGATION_AUDIENCE_MISMATCH',
    )
  })

  it('redeems a delegation for a TCT that verifies and outlives it', () => {
    const { bytes } = row(recorded, 'redeem_cap')
    const tct = String(bytes['tct'])
    expect(said(() => aitp.verifyTct(tct, { now, expectedIssuer: sdkAid }))).toBe('accepted')
    expect(Number(claimsOf(tct)['exp'])).toBeGreaterThan(Number(claimsOf(String(bytes['token']))['exp']))
  })

  it('answers our hello, and the same bytes are exchanged again', () => {
    const found = exchange(recorded, 'handshake, pinned keys', 'ours to peer')
    if (found === undefined) {
      expect(row(recorded, 'pinned_timestamp').emits).toBe('binary')
      return
    }
    const { bytes } = found
    const at = Number(bytes['now'])
    const step = { now: at, randomBytes: reproducible('ours initiates') }
    const peer = aitp.verifyManifest(JSON.stringify(bytes['sdk_manifest']), { now: at })
    const compat = compatOf(recorded)
    const party = ourParty({ sdkAid, compat }, ourManifest(at).verified)
    const start = aitp.startHandshake(party, peer, [sdkCapability], step)
    expect(start.message).toBe(canonicalize(bytes['hello']))
    const commit = start.state.onHelloAck(JSON.stringify(bytes['hello_ack']), step)
    expect(commit.message).toBe(canonicalize(bytes['commit']))
    const { held } = commit.state.onCommitAck(JSON.stringify(bytes['commit_ack']), step)
    expect(held.claims.grants).toEqual([sdkCapability])
    const voucher = said(() =>
      aitp.verifyVoucher(held.voucher ?? '', { now: at, expectedIssuer: sdkAid, tct: held.claims }),
    )
    expect(voucher).toBe('accepted')
  })

  it('opens a handshake that we answer, and the same bytes are exchanged again', () => {
    const found = exchange(recorded, 'handshake, pinned keys', 'peer to ours')
    if (found === undefined) {
      expect(row(recorded, 'pinned_timestamp').emits).toBe('binary')
      return
    }
    const { bytes } = found
    const at = Number(bytes['now'])
    const step = { now: at, randomBytes: reproducible('sdk initiates') }
    const party = ourParty({ sdkAid, compat: compatOf(recorded) }, ourManifest(at).verified)
    const received = aitp.receiveHello(party, JSON.stringify(bytes['hello']), {
      ...step,
      requestedGrants: [sdkCapability],
    })
    expect(received.message).toBe(canonicalize(bytes['hello_ack']))
    step.randomBytes(16)
    const { established, message } = received.state.onCommit(JSON.stringify(bytes['commit']), step)
    expect(message).toBe(canonicalize(bytes['commit_ack']))
    expect(established.issued.claims.grants).toEqual([capability])
  })

  it('is refused when one bit of its hello is changed', () => {
    const hello = row(recorded, 'pinned_timestamp').bytes['emitted_hello']
    if (!isRecord(hello)) throw new TypeError('no hello is recorded')
    const later = { ...hello, timestamp: Number(hello['timestamp']) + 1 }
    expect(receive(JSON.stringify(later), transition)).toBe('INVALID_SIGNATURE')
  })
})

describe.each(ofAnotherWire)('aitp-sdk $release, which speaks $wire', (recorded) => {
  const now = recorded.recorded_at
  const sdkAid = sdkAidOf(recorded)

  it('is refused for its version, by the code of each artefact', () => {
    const party = ourParty({ sdkAid, compat: transition }, ourManifest(now).verified)
    const tct = text(row(recorded, 'tct_claims').bytes, 'tct')
    const manifest = shown(row(recorded, 'manifest_members'), 'emitted')
    const hello = shown(row(recorded, 'pinned_timestamp'), 'emitted_hello')
    const list = shown(row(recorded, 'revocation_input'), 'emitted')
    const token = text(row(recorded, 'delegation_claims').bytes, 'token')
    const bundle = shown(row(recorded, 'bundle_input'), 'emitted')
    const step = { now, randomBytes: reproducible('test') }
    expect({
      manifest: said(() => aitp.verifyManifest(manifest, { now })),
      hello: said(() => aitp.receiveHello(party, hello, step)),
      tct: said(() => aitp.verifyTct(tct, { now })),
      snapshot: said(() => aitp.verifyRevocationList(list, { now })),
      delegation: said(() => aitp.verifyDelegation(token, { now, selfAid: ourKey.aid })),
      bundle: said(() => aitp.verifySessionBundle(bundle, { now, selfAid: ourKey.aid })),
    }).toEqual({
      manifest: 'MANIFEST_VERSION_UNKNOWN',
      hello: 'UNKNOWN_VERSION',
      tct: 'UNKNOWN_VERSION',
      snapshot: 'REVOCATION_SNAPSHOT_INVALID',
      delegation: 'UNKNOWN_VERSION',
      bundle: 'BUNDLE_VERSION_MISMATCH',
    })
  })
})

/** The older forms are sent only to a release that was seen to emit them. */
function compatOf(recorded: Recorded): Compat {
  const isBinary = row(recorded, 'pinned_timestamp').emits === 'binary'
  return { ...transition, ...(isBinary ? { emitBinaryPinnedTimestamp: true } : {}) }
}
