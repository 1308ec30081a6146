import { describe, expect, it } from 'vitest'
import { type AgentKey, commitAckChecks, helloAckChecks } from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aitp,
  B,
  C,
  manifestOf,
  mint,
  partyOf,
  refusal,
  resignManifest,
  signField,
  T0,
} from '../fixtures.ts'
import { alpha, beta, type Edit, edited, Scene } from './scene.ts'

describe('startHandshake', () => {
  const start = (changes: Partial<Parameters<typeof aitp.startHandshake>[3]>) => {
    const scene = new Scene()
    return refusal(() => aitp.startHandshake(scene.a, beta, ['beta.read'], { ...scene.step(T0), ...changes }))
  }

  it('refuses a peer whose manifest shows another AID than the pinned one', () => {
    expect(start({ expectedAid: B.aid })).toBe('accepted')
    expect(start({ expectedAid: C.aid })).toBe('IDENTITY_FAILED hello.expected_peer')
  })

  it('screens the peer before it says a word', () => {
    const manifest = resignManifest(B, { ...beta.body, accepted_identity_types: [] })
    const closed = aitp.verifyManifest(JSON.stringify({ manifest }), { now: T0 })
    const scene = new Scene()
    const act = () => aitp.startHandshake(scene.a, closed, ['beta.read'], scene.step(T0))
    expect(refusal(act)).toBe('INCOMPATIBLE_IDENTITY_TYPE null')
  })

  it('takes a key that is not that of the own manifest for our own mistake', () => {
    const scene = new Scene()
    const act = () => aitp.startHandshake(partyOf(C, alpha), beta, [], scene.step(T0))
    expect(act).toThrow(TypeError)
  })
})

describe('MUTUAL_HELLO_ACK at the initiator', () => {
  function ackEdited(edit: Edit, key: AgentKey | undefined = B, a: Parameters<typeof partyOf>[2] = {}) {
    const scene = new Scene(a)
    const hello = scene.start()
    const text = edited(scene.receive(hello.message).message, edit, key)
    const verdict = refusal(() => hello.state.onHelloAck(text, scene.step(T0 + 2)))
    return { verdict, hello, scene }
  }

  const inPayload =
    (changes: Record<string, unknown>): Edit =>
    (draft) => {
      Object.assign(draft.payload, changes)
    }

  it('takes one answer only, whatever became of it', () => {
    const { verdict, hello, scene } = ackEdited(() => undefined, ATTACKER)
    expect(verdict).toBe('INVALID_SIGNATURE hello_ack.envelope_signature')
    const { message } = scene.receive(scene.start().message)
    expect(refusal(() => hello.state.onHelloAck(message, scene.step(T0 + 2)))).toBe(
      'INVALID_ENVELOPE hello_ack.state',
    )
  })

  it('must come within 60 s', () => {
    const scene = new Scene()
    const hello = scene.start()
    const ack = scene.receive(hello.message)
    expect(refusal(() => hello.state.onHelloAck(ack.message, scene.step(T0 + 61)))).toBe(
      'TIMESTAMP_EXPIRED hello_ack.deadline',
    )
  })

  it('of another handshake is refused by its echo', () => {
    const scene = new Scene()
    const first = scene.start()
    const other = scene.receive(scene.start().message)
    const act = () => first.state.onHelloAck(other.message, scene.step(T0 + 2))
    expect(refusal(act)).toBe('NONCE_MISMATCH hello_ack.nonce_echo')
  })

  it('that only repeats the hello is refused', () => {
    const scene = new Scene()
    const hello = scene.start()
    const act = () => hello.state.onHelloAck(hello.message, scene.step(T0 + 2))
    expect(refusal(act)).toBe('INVALID_ENVELOPE hello_ack.message_type')
  })

  it.each([
    [undefined, 'INVALID_ENVELOPE hello_ack.sender'],
    [B.aid, 'IDENTITY_FAILED hello_ack.expected_peer'],
  ])('of another agent, in order in itself, is refused; pinned: %s', (expectedAid, verdict) => {
    const scene = new Scene()
    const hello = aitp.startHandshake(scene.a, beta, ['beta.read'], { ...scene.step(T0), expectedAid })
    // C answers a hello that was addressed to it; its ack is then played to the first handshake.
    const c = partyOf(C, manifestOf(C, 'gamma').verified)
    const toC = aitp.startHandshake(scene.a, c.manifest, ['gamma.read'], scene.step(T0))
    const ack = aitp.receiveHello(c, toC.message, scene.step(T0 + 1))
    expect(refusal(() => hello.state.onHelloAck(ack.message, scene.step(T0 + 2)))).toBe(verdict)
  })

  it.each<[string, Edit, string]>([
    ['without echo', (draft) => delete draft.payload['pop_nonce_echo'], 'INVALID_ENVELOPE hello_ack.payload'],
    ['with an echo of no form', inPayload({ pop_nonce_echo: 'x' }), 'INVALID_ENVELOPE hello_ack.payload'],
    [
      'with the echo of another nonce',
      inPayload({ pop_nonce_echo: 'A'.repeat(22) }),
      'NONCE_MISMATCH hello_ack.nonce_echo',
    ],
    ['with an unknown member', inPayload({ tct: 'x' }), 'UNKNOWN_FIELD hello_ack.payload'],
    [
      'with the manifest of another agent',
      inPayload({ manifest: alpha.body }),
      'INVALID_ENVELOPE hello_ack.manifest_aid',
    ],
    [
      'with a manifest by another key',
      inPayload({ manifest: resignManifest(ATTACKER, beta.body) }),
      'MANIFEST_SIGNATURE_INVALID manifest.signature',
    ],
    ['that requests nothing', inPayload({ requested_grants: [] }), 'POLICY_VIOLATION hello_ack.issue'],
    [
      'that requests nothing we offer',
      inPayload({ requested_grants: ['alpha'] }),
      'POLICY_VIOLATION hello_ack.issue',
    ],
    [
      'of an old clock',
      (draft) => Object.assign(draft, { timestamp: T0 - 299 }),
      'TIMESTAMP_EXPIRED hello_ack.timestamp',
    ],
  ])('%s is refused', (_, edit, verdict) => {
    expect(ackEdited(edit).verdict).toBe(verdict)
  })

  it('with a proof that was made for another receiver is refused', () => {
    const reflected: Edit = (draft) =>
      Object.assign(draft.payload['identity'] as object, { proof: 'A'.repeat(86) })
    expect(ackEdited(reflected).verdict).toBe('IDENTITY_FAILED identity.proof')
  })

  it('of a key that is not pinned is refused', () => {
    expect(ackEdited(() => undefined, B, { pins: [{ aid: C.aid }] }).verdict).toBe(
      'IDENTITY_FAILED identity.pin',
    )
  })

  it('brings a newer manifest into use, and an older one not', () => {
    const scene = new Scene()
    const peerAfter = (inline: ReturnType<typeof manifestOf>) => {
      const b = partyOf(B, inline.verified)
      const hello = scene.start()
      const ack = aitp.receiveHello(b, hello.message, scene.step(T0 + 1))
      return hello.state.onHelloAck(ack.message, scene.step(T0 + 2)).state.peer.publishedAt
    }
    expect(peerAfter(manifestOf(B, 'beta', { publishedAt: T0 - 10 }))).toBe(T0 - 10)
    expect(peerAfter(manifestOf(B, 'beta', { publishedAt: T0 - 5000 }))).toBe(T0 - 1000)
  })

  it('lists its checks in the order in which they run', () => {
    const ids = helloAckChecks.map(({ id }) => id)
    expect(ids.slice(0, 14).join(' ')).toBe(
      `hello_ack.state hello_ack.deadline hello_ack.envelope hello_ack.message_type hello_ack.version hello_ack.replay
      hello_ack.timestamp hello_ack.payload hello_ack.envelope_signature hello_ack.replay_record hello_ack.expected_peer
      hello_ack.sender hello_ack.manifest_aid manifest.version`.replace(/\s+/g, ' '),
    )
    expect(ids.slice(-3)).toEqual(['identity.proof', 'hello_ack.nonce_echo', 'hello_ack.issue'])
  })
})

describe('MUTUAL_COMMIT_ACK at the initiator', () => {
  function ackEdited(edit: Edit, key: AgentKey | undefined = B, a: Parameters<typeof partyOf>[2] = {}) {
    const scene = new Scene(a)
    const { commit, commitAck } = scene.untilCommitAck()
    const text = edited(commitAck.message, edit, key)
    const verdict = refusal(() => commit.state.onCommitAck(text, scene.step(T0 + 4)))
    return { verdict, commit, commitAck, scene }
  }

  it('ends the handshake with the same two tokens on both sides', () => {
    const scene = new Scene()
    const { commit, commitAck } = scene.untilCommitAck()
    const established = commit.state.onCommitAck(commitAck.message, scene.step(T0 + 4))
    const other = commitAck.established
    expect(established).toMatchObject({ role: 'initiator', peer: { aid: B.aid } })
    expect([established.held.token, established.held.voucher]).toEqual([
      other.issued.token,
      other.issued.voucher,
    ])
    expect([established.issued.token, established.issued.voucher]).toEqual([
      other.held.token,
      other.held.voucher,
    ])
  })

  it('takes one answer only', () => {
    const { commit, commitAck, scene } = ackEdited(() => undefined, ATTACKER)
    const again = () => commit.state.onCommitAck(commitAck.message, scene.step(T0 + 4))
    expect(refusal(again)).toBe('INVALID_ENVELOPE commit_ack.state')
  })

  it('that only plays our commit back is refused', () => {
    const scene = new Scene()
    const { commit } = scene.untilCommit()
    const relabelled = edited(commit.message, (draft) =>
      Object.assign(draft, { message_type: 'mutual_commit_ack' }),
    )
    const act = () => commit.state.onCommitAck(relabelled, scene.step(T0 + 4))
    expect(refusal(act)).toBe('INVALID_ENVELOPE commit_ack.sender')
  })

  it.each<[string, Edit, string]>([
    [
      'by another key',
      (draft) => Object.assign(draft, { signature: signField(ATTACKER, new Uint8Array(1)) }),
      'INVALID_SIGNATURE commit_ack.envelope_signature',
    ],
  ])('%s is refused', (_, edit, verdict) => {
    const scene = new Scene()
    const { commit, commitAck } = scene.untilCommitAck()
    const text = edited(commitAck.message, edit)
    expect(refusal(() => commit.state.onCommitAck(text, scene.step(T0 + 4)))).toBe(verdict)
  })

  it.each<[string, Edit, string]>([
    [
      'with the echo of another nonce',
      (draft) => Object.assign(draft.payload, { pop_nonce_echo: 'A'.repeat(22) }),
      'NONCE_MISMATCH commit_ack.nonce_echo',
    ],
    [
      'with a proof over another nonce',
      (draft) => Object.assign(draft.payload, { pop_signature: signField(B, new Uint8Array(16)) }),
      'POP_VERIFICATION_FAILED commit_ack.pop',
    ],
    [
      'with a token that grants more than is offered',
      (draft) => {
        const [, payload = ''] = String(draft.payload['tct']).split('.')
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
        draft.payload['tct'] = mint(B, { ...claims, grants: ['beta.admin'] })
        delete draft.payload['grant_voucher']
      },
      'GRANT_OVERFLOW commit_ack.grants_offered',
    ],
  ])('%s is refused', (_, edit, verdict) => {
    expect(ackEdited(edit).verdict).toBe(verdict)
  })

  it('that does not grant what this agent requires is refused', () => {
    const manifest = manifestOf(A, 'alpha', { requires: ['beta.write'] }).verified
    expect(ackEdited(() => undefined, B, { manifest }).verdict).toBe(
      'INSUFFICIENT_GRANTS commit_ack.required_capabilities',
    )
  })

  it('that grants more than was asked for is accepted, and says so', () => {
    const scene = new Scene()
    const { commit, commitAck } = scene.untilCommitAck()
    const generous = edited(
      commitAck.message,
      (draft) => {
        const [, payload = ''] = String(draft.payload['tct']).split('.')
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
        draft.payload['tct'] = mint(B, { ...claims, grants: ['beta.read', 'beta.write'] })
        delete draft.payload['grant_voucher']
      },
      B,
    )
    const { held } = commit.state.onCommitAck(generous, scene.step(T0 + 4))
    expect(held.unrequestedGrants).toEqual(['beta.write'])
  })

  it('runs the checks of the commit, under its own prefix and without an issue of its own', () => {
    const ids = commitAckChecks.map(({ id }) => id)
    expect(ids[0]).toBe('commit_ack.state')
    expect(ids.at(-1)).toBe('commit_ack.required_capabilities')
    expect(ids).toHaveLength(43 - 1)
  })
})
