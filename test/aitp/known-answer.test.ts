import { describe, expect, it } from 'vitest'
import { envelopeSigningInput } from '../../src/aitp/envelope.ts'
import { pinnedKeyProofInput } from '../../src/aitp/identity/pinned-key.ts'
import { canonicalize, type ManifestBody, parseStrictJsonObject } from '../../src/aitp/index.ts'
import { signingInput } from '../../src/aitp/manifest/verify.ts'
import { signatureFault } from '../../src/aitp/signature.ts'
import { canonicalJwk } from '../../src/aitp/thumbprint.ts'
import {
  A,
  aidText,
  aitp,
  B,
  engine,
  fromB64u,
  keyNamed,
  keyVectors,
  mintText,
  readVector,
  signField,
} from './fixtures.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('key pairs', () => {
  it.each(keyVectors)('$id gives its public key and AID', ({ id, aid, pubkey_b64url }) => {
    const key = keyNamed(id)
    expect(key.aid).toBe(aid)
    expect(Buffer.from(key.publicKey).toString('base64url')).toBe(pubkey_b64url)
  })
})

interface ThumbprintVector {
  readonly id: string
  readonly keypair_ref: string
  readonly jwk_canonical: string
  readonly jkt: string
}

describe('JWK thumbprints', () => {
  const { vectors } = readVector<{ vectors: readonly ThumbprintVector[] }>(
    'aitp/known-answer/jwk-thumbprints.json',
  )

  it.each(vectors)('$id', ({ keypair_ref, jwk_canonical, jkt }) => {
    const { aid } = keyNamed(keypair_ref)
    expect(canonicalJwk(engine, aid)).toBe(jwk_canonical)
    expect(aitp.thumbprint(aid)).toBe(jkt)
  })
})

interface JcsVector {
  readonly id: string
  readonly object?: object
  readonly jcs_canonical_hex?: string
  readonly sha256_hex: string
  readonly challenge: string
  readonly signature_b64url: string
  readonly signer_aid: string
  readonly sender_aid: string
  readonly receiver_aid: string
  readonly message_id: string
  readonly timestamp: number
  readonly pop_nonce: string
  readonly proof_input_hex: string
}

const jcs = readVector<{ vectors: readonly JcsVector[] }>('aitp/known-answer/jcs-sha256.json').vectors

function jcsVector(id: string): JcsVector {
  const found = jcs.find((vector) => vector.id === id)
  if (found === undefined) throw new TypeError(`no vector ${id}`)
  return found
}

describe('canonical JSON', () => {
  it.each(jcs.filter(({ object }) => object !== undefined))(
    '$id',
    ({ object, jcs_canonical_hex, sha256_hex }) => {
      const parsed = parseStrictJsonObject(JSON.stringify(object), { maxLength: 10_000 })
      const bytes = engine.utf8Encode(canonicalize(parsed))
      expect(hex(bytes)).toBe(jcs_canonical_hex)
      expect(hex(engine.sha256(bytes))).toBe(sha256_hex)
    },
  )

  it('kat-manifest-pop-001 signs the decoded challenge, not its text', () => {
    const { challenge, signature_b64url, sha256_hex } = jcsVector('kat-manifest-pop-001')
    const decoded = fromB64u(challenge)
    expect(hex(engine.sha256(decoded))).toBe(sha256_hex)
    expect(signField(A, decoded)).toBe(signature_b64url)
    expect(signatureFault(engine, A.aid, decoded, signature_b64url)).toBeUndefined()
    expect(signatureFault(engine, A.aid, engine.utf8Encode(challenge), signature_b64url)).toBe(
      'does not verify',
    )
  })

  it('kat-pinned-key-proof-001 verifies with decimal digits and fails with eight bytes', () => {
    const vector = jcsVector('kat-pinned-key-proof-001')
    const sender = aidText(vector.sender_aid)
    const fields = {
      sender,
      receiver: aidText(vector.receiver_aid),
      messageId: vector.message_id,
      timestamp: vector.timestamp,
      popNonce: fromB64u(vector.pop_nonce),
    }
    const input = pinnedKeyProofInput(engine, fields)
    expect(hex(input)).toBe(vector.proof_input_hex)
    expect(signatureFault(engine, sender, input, vector.signature_b64url)).toBeUndefined()
    const binary = pinnedKeyProofInput(engine, fields, 'binary')
    expect(binary).toHaveLength(191)
    expect(signatureFault(engine, sender, binary, vector.signature_b64url)).toBe('does not verify')
  })
})

const EXAMPLES = 'aitp/known-answer/signed-examples'

describe('signed examples', () => {
  it('the manifest verifies and is signed again to the same bytes', () => {
    const { manifest } = readVector<{ manifest: ManifestBody }>(
      `${EXAMPLES}/manifest/kat-keypair-001-manifest.json`,
    )
    const verified = aitp.verifyManifest(JSON.stringify({ manifest }), {
      now: 1711900000,
      expectedAid: A.aid,
    })
    expect(verified.body).toEqual(manifest)
    expect(signField(A, signingInput(engine, manifest))).toBe(manifest.signature)
  })

  it('the manifest fails when the wrapper is signed with it', () => {
    const { manifest } = readVector<{ manifest: ManifestBody }>(
      `${EXAMPLES}/manifest/kat-keypair-001-manifest.json`,
    )
    const { signature, ...body } = manifest
    const wrapped = engine.utf8Encode(canonicalize({ manifest: body }))
    expect(signatureFault(engine, A.aid, wrapped, signature)).toBe('does not verify')
  })

  it('the TCT verifies and is issued again to the same characters', () => {
    const { tct_token, decoded_claims } = readVector<{
      tct_token: string
      decoded_claims: { jti: string; iat: number; exp: number; grants: readonly string[] }
    }>(`${EXAMPLES}/tct/kat-keypair-001-issues-002.json`)
    const context = { now: 1711900000, expectedIssuer: A.aid, expectedAudience: B.aid }
    expect(aitp.verifyTct(tct_token, context).claims).toEqual(decoded_claims)
    const { jti, iat, grants } = decoded_claims
    const issued = aitp.issueTct(A, {
      subject: B.aid,
      grants,
      jti,
      now: iat,
      ttlSecs: 3600,
      notAfter: iat + 86400,
    })
    expect(issued).toEqual({ token: tct_token, claims: decoded_claims, voucher: null })
  })

  it('the grant voucher verifies and is issued again to the same characters', () => {
    const { voucher_token, decoded_claims } = readVector<{
      voucher_token: string
      decoded_claims: { src_jti: string; iat: number; grants: readonly string[] }
    }>(`${EXAMPLES}/grant-voucher/kat-voucher-001.json`)
    const context = { now: 1711900000, expectedIssuer: A.aid, expectedHolder: B.aid }
    expect(aitp.verifyVoucher(voucher_token, context).claims).toEqual(decoded_claims)
    const { src_jti, iat, grants } = decoded_claims
    const options = { subject: B.aid, grants, jti: src_jti, now: iat, ttlSecs: 3600, notAfter: iat + 86400 }
    const issued = aitp.issueTct(A, { ...options, issueVoucher: true })
    expect(issued.voucher).toBe(voucher_token)
    expect(mintText(A, canonicalize(decoded_claims), { typ: 'aitp-grant+jwt' })).toBe(voucher_token)
  })
})

interface UpstreamEnvelope {
  readonly message_id: string
  readonly timestamp: number
  readonly sender: { readonly agent_id: string }
  readonly payload: { readonly manifest: ManifestBody }
  readonly signature: string
}

describe('envelopes with upstream signatures', () => {
  const { envelopes } = readVector<{ envelopes: Readonly<Record<string, UpstreamEnvelope>> }>(
    'aitp/derived/upstream-signed-envelopes.json',
  )

  it.each(Object.entries(envelopes))('%s verifies', (_, envelope) => {
    const sender = aidText(envelope.sender.agent_id)
    const { manifest } = envelope.payload
    const { challenge, signature } = manifest.proof_of_possession
    expect(
      signatureFault(engine, sender, envelopeSigningInput(engine, envelope), envelope.signature),
    ).toBeUndefined()
    expect(signatureFault(engine, sender, signingInput(engine, manifest), manifest.signature)).toBeUndefined()
    expect(signatureFault(engine, sender, fromB64u(challenge), signature)).toBeUndefined()
  })
})
