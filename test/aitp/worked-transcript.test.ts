import { describe, expect, it } from 'vitest'
import { envelopeSigningInput } from '../../src/aitp/envelope.ts'
import { pinnedKeyProofFault } from '../../src/aitp/identity/pinned-key.ts'
import { canonicalize, type TctClaims } from '../../src/aitp/index.ts'
import { signatureFault } from '../../src/aitp/signature.ts'
import { A, aitp, B, engine, fromB64u, P, partyOf, readVector, scripted, T0, uuidBytes } from './fixtures.ts'

interface Envelope {
  readonly message_id: string
  readonly timestamp: number
  readonly sender: { readonly agent_id: string }
  readonly payload: { readonly pop_nonce: string; readonly [member: string]: unknown }
  readonly signature: string
}

interface Transcript {
  readonly manifest_a: object
  readonly manifest_b: object
  readonly steps: readonly { readonly signing_input: string; readonly envelope: Envelope }[]
  readonly tct: Readonly<
    Record<'a_issues_b' | 'b_issues_a', { readonly claims: TctClaims; readonly jws: string }>
  >
  readonly voucher: Readonly<Record<'a_issues_b' | 'b_issues_a', { readonly jws: string }>>
  readonly pinned_proof: Readonly<Record<'hello' | 'hello_ack', { readonly be8: { readonly proof: string } }>>
  readonly error_envelope: { readonly envelope: Envelope }
  readonly p256: {
    readonly envelope: {
      readonly jkt: string
      readonly signing_input: string
      readonly signature_hashed_again_aitp_rs: string
      readonly signature_prehashed_digest: string
    }
    readonly pop: { readonly challenge: string; readonly signature_hashed_again_aitp_rs: string }
    readonly tct_es256: { readonly jws: string; readonly claims: TctClaims }
  }
}

const transcript = readVector<Transcript>('aitp/derived/worked-transcript.json')
const envelopes = transcript.steps.map(({ envelope }) => envelope)
const manifestA = aitp.verifyManifest(JSON.stringify(transcript.manifest_a), { now: T0, expectedAid: A.aid })
const manifestB = aitp.verifyManifest(JSON.stringify(transcript.manifest_b), { now: T0, expectedAid: B.aid })

function envelope(index: number): Envelope {
  const found = envelopes[index]
  if (found === undefined) throw new TypeError(`no step ${index}`)
  return found
}

/** The random bytes with which a hello of the transcript was written. */
function helloBytes(index: number) {
  const { payload, message_id } = envelope(index)
  return scripted(fromB64u(payload.pop_nonce), uuidBytes(message_id))
}

describe('worked transcript', () => {
  it('the four messages come out byte for byte, each accepted by the other side', () => {
    const { a_issues_b, b_issues_a } = transcript.tct
    const a = partyOf(A, manifestA)
    const b = partyOf(B, manifestB)

    const hello = aitp.startHandshake(a, manifestB, ['demo.sum'], { now: T0, randomBytes: helloBytes(0) })
    const ack = aitp.receiveHello(b, hello.message, {
      now: T0 + 1,
      randomBytes: helloBytes(1),
      requestedGrants: ['macp.mode.task.v1'],
    })
    const commit = hello.state.onHelloAck(ack.message, {
      now: T0 + 2,
      randomBytes: scripted(uuidBytes(a_issues_b.claims.jti), uuidBytes(envelope(2).message_id)),
    })
    const commitAck = ack.state.onCommit(commit.message, {
      now: T0 + 3,
      randomBytes: scripted(uuidBytes(b_issues_a.claims.jti), uuidBytes(envelope(3).message_id)),
    })
    const established = commit.state.onCommitAck(commitAck.message, { now: T0 + 4, randomBytes: scripted() })

    expect([hello.message, ack.message, commit.message, commitAck.message]).toEqual(
      envelopes.map(canonicalize),
    )
    expect(established.held).toMatchObject({
      token: b_issues_a.jws,
      claims: b_issues_a.claims,
      voucher: transcript.voucher.b_issues_a.jws,
      unrequestedGrants: [],
    })
    expect(commitAck.established.held).toMatchObject({
      token: a_issues_b.jws,
      claims: a_issues_b.claims,
      voucher: transcript.voucher.a_issues_b.jws,
    })
    expect(established.issued).toMatchObject({ token: a_issues_b.jws })
    expect([established.role, commitAck.established.role]).toEqual(['initiator', 'responder'])
  })

  it('the signing input of each envelope is the documented line', () => {
    const lines = envelopes.map((each) => Buffer.from(envelopeSigningInput(engine, each)).toString())
    expect(lines).toEqual(transcript.steps.map(({ signing_input }) => signing_input))
  })

  it('the error envelope verifies', () => {
    const { error_envelope } = transcript
    const input = envelopeSigningInput(engine, error_envelope.envelope)
    expect(signatureFault(engine, B.aid, input, error_envelope.envelope.signature)).toBeUndefined()
  })

  it('a proof over the eight-byte timestamp passes only where that form is accepted', () => {
    const fields = {
      sender: A.aid,
      receiver: B.aid,
      messageId: envelope(0).message_id,
      timestamp: T0,
      popNonce: fromB64u(envelope(0).payload.pop_nonce),
    }
    const { proof } = transcript.pinned_proof.hello.be8
    expect(pinnedKeyProofFault(engine, proof, fields, false)).toBe('does not verify')
    expect(pinnedKeyProofFault(engine, proof, fields, true)).toBeUndefined()
  })
})

describe('P-256 values of the transcript', () => {
  const { p256 } = transcript

  it('an envelope signature verifies when its digest was hashed again, and not otherwise', () => {
    const input = engine.utf8Encode(p256.envelope.signing_input)
    expect(signatureFault(engine, P.aid, input, p256.envelope.signature_hashed_again_aitp_rs)).toBeUndefined()
    expect(signatureFault(engine, P.aid, input, p256.envelope.signature_prehashed_digest)).toBe(
      'does not verify',
    )
  })

  it('a proof of possession verifies', () => {
    const { challenge, signature_hashed_again_aitp_rs } = p256.pop
    expect(signatureFault(engine, P.aid, fromB64u(challenge), signature_hashed_again_aitp_rs)).toBeUndefined()
  })

  it('an ES256 TCT verifies', () => {
    const { jws, claims } = p256.tct_es256
    const context = { now: T0, expectedIssuer: P.aid, expectedAudience: A.aid }
    expect(aitp.verifyTct(jws, context).claims).toEqual(claims)
  })
})
