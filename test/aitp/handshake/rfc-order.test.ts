import { describe, expect, it } from 'vitest'
import {
  type CommitInRfcOrderTerms,
  type HelloInRfcOrderTerms,
  rfcOrderCommitChecks,
  rfcOrderHelloChecks,
} from '../../../src/aitp/index.ts'
import { A, ATTACKER, aitp, B, refusal, T0 } from '../fixtures.ts'
import { type Edit, edited, Scene } from './scene.ts'

const scene = new Scene()
const { hello, ack, commit, commitAck } = scene.untilCommitAck()
const nonceOf = (message: string): string => JSON.parse(message).payload.pop_nonce

const helloTerms: HelloInRfcOrderTerms = {
  now: T0,
  selfAid: B.aid,
  messageType: 'mutual_hello',
  acceptedTypes: null,
  trustAnchors: null,
  pins: [{ aid: A.aid }],
  sentNonce: null,
}
const ackTerms: HelloInRfcOrderTerms = {
  ...helloTerms,
  selfAid: A.aid,
  messageType: 'mutual_hello_ack',
  pins: [{ aid: B.aid }],
  sentNonce: nonceOf(hello.message),
}
const commitTerms: CommitInRfcOrderTerms = {
  now: T0,
  selfAid: B.aid,
  messageType: 'mutual_commit',
  sentNonce: nonceOf(ack.message),
  offeredCapabilities: ['alpha.read', 'alpha.write'],
}

const judgeHello = (text: string, changes: Partial<HelloInRfcOrderTerms> = {}) =>
  refusal(() => aitp.verifyHelloInRfcOrder(text, { ...helloTerms, ...changes }))
const judgeAck = (text: string, changes: Partial<HelloInRfcOrderTerms> = {}) =>
  refusal(() => aitp.verifyHelloInRfcOrder(text, { ...ackTerms, ...changes }))
const judgeCommit = (text: string, changes: Partial<CommitInRfcOrderTerms> = {}) =>
  refusal(() => aitp.verifyCommitInRfcOrder(text, { ...commitTerms, ...changes }))

describe('a hello judged by itself', () => {
  it('is accepted, and so is its ack', () => {
    expect(aitp.verifyHelloInRfcOrder(hello.message, helloTerms).aid).toBe(A.aid)
    expect(aitp.verifyHelloInRfcOrder(ack.message, ackTerms).aid).toBe(B.aid)
  })

  it('is refused for its identity before its envelope signature, which a server does the other way round', () => {
    const twice: Edit = (draft) => {
      draft.payload['identity'] = { ...(draft.payload['identity'] as object), proof: 'x' }
    }
    const text = edited(hello.message, twice, ATTACKER)
    expect(judgeHello(text)).toBe('IDENTITY_FAILED identity.proof')
    const server = new Scene()
    expect(refusal(() => aitp.receiveHello(server.b, text, server.step(T0)))).toBe(
      'INVALID_SIGNATURE hello.envelope_signature',
    )
    expect(judgeHello(edited(hello.message, () => undefined, ATTACKER))).toBe(
      'INVALID_SIGNATURE hello.envelope_signature',
    )
  })

  it.each<[string, Edit, string]>([
    [
      'a missing member',
      (d) => {
        d.payload = {}
      },
      'INVALID_ENVELOPE hello.payload',
    ],
    [
      'another message type',
      (d) => {
        d.message_type = 'mutual_commit'
      },
      'INVALID_ENVELOPE hello.message_type',
    ],
    [
      'a stale time',
      (d) => {
        d.timestamp = T0 - 301
      },
      'TIMESTAMP_EXPIRED hello.timestamp',
    ],
    [
      'the manifest of another',
      (d) => {
        d.sender.agent_id = B.aid
      },
      'INVALID_ENVELOPE hello.manifest_aid',
    ],
  ])('is refused with %s', (_, edit, expected) => {
    expect(judgeHello(edited(hello.message, edit, A))).toBe(expected)
  })

  it('leaves out what it is told nothing about', () => {
    expect(judgeHello(hello.message, { selfAid: null, pins: null })).toBe('accepted')
    expect(judgeHello(hello.message, { selfAid: A.aid })).toBe('IDENTITY_FAILED identity.proof')
    expect(judgeHello(hello.message, { pins: [] })).toBe('IDENTITY_FAILED identity.pin')
    expect(judgeHello(hello.message, { acceptedTypes: ['oidc'] })).toBe(
      'INCOMPATIBLE_IDENTITY_TYPE identity.type_accepted',
    )
    expect(judgeAck(ack.message, { sentNonce: null })).toBe('accepted')
    expect(judgeAck(ack.message, { sentNonce: 'A'.repeat(22) })).toBe('NONCE_MISMATCH hello_ack.nonce_echo')
  })

  it('lists its checks with the envelope signature last', () => {
    const ids = rfcOrderHelloChecks('hello_ack').map(({ id }) => id)
    expect(ids.slice(0, 7)).toEqual([
      'hello_ack.envelope',
      'hello_ack.message_type',
      'hello_ack.version',
      'hello_ack.timestamp',
      'hello_ack.payload',
      'hello_ack.nonce_echo',
      'hello_ack.manifest_aid',
    ])
    expect(ids.at(-1)).toBe('hello_ack.envelope_signature')
    const collector = aitp.createCollector()
    aitp.verifyHelloInRfcOrder(hello.message, { ...helloTerms, collector })
    expect(collector.report('mutual_hello', T0).verdict).toBe('accepted')
  })
})

describe('a commit judged by itself', () => {
  it('is accepted, and so is its ack', () => {
    expect(aitp.verifyCommitInRfcOrder(commit.message, commitTerms).grants).toEqual([
      'alpha.read',
      'alpha.write',
    ])
    const terms: CommitInRfcOrderTerms = {
      now: T0,
      selfAid: A.aid,
      messageType: 'mutual_commit_ack',
      sentNonce: nonceOf(hello.message),
      offeredCapabilities: null,
    }
    const collector = aitp.createCollector()
    expect(aitp.verifyCommitInRfcOrder(commitAck.message, { ...terms, collector }).claims.iss).toBe(B.aid)
    expect(collector.report('mutual_commit_ack', T0)).toMatchObject({ verdict: 'accepted' })
  })

  it.each<[string, Partial<CommitInRfcOrderTerms>, string]>([
    ['another nonce was sent', { sentNonce: 'A'.repeat(22) }, 'NONCE_MISMATCH commit.nonce_echo'],
    ['it is for another', { selfAid: A.aid }, 'AUDIENCE_MISMATCH tct.aud'],
    [
      'the issuer offers less',
      { offeredCapabilities: ['alpha.read'] },
      'GRANT_OVERFLOW commit.grants_offered',
    ],
    ['the token is revoked', { isRevoked: () => true }, 'TCT_REVOKED tct.revocation'],
    [
      'no nonce, receiver or offer is known',
      { sentNonce: null, selfAid: null, offeredCapabilities: null },
      'accepted',
    ],
  ])('is judged where %s', (_, changes, expected) => {
    expect(judgeCommit(commit.message, changes)).toBe(expected)
  })

  it('is refused for a signature over another nonce, or that of another', () => {
    const wrongPop: Edit = (draft) => {
      draft.payload['pop_signature'] = JSON.parse(commitAck.message).payload.pop_signature
    }
    expect(judgeCommit(edited(commit.message, wrongPop, A))).toBe('POP_VERIFICATION_FAILED commit.pop')
    expect(judgeCommit(edited(commit.message, () => undefined, ATTACKER))).toBe(
      'INVALID_SIGNATURE commit.envelope_signature',
    )
    const bare: Edit = (draft) => {
      delete draft.payload['grant_voucher']
    }
    expect(judgeCommit(edited(commit.message, bare, A))).toBe('accepted')
  })

  it('lists its checks', () => {
    for (const prefix of ['commit', 'commit_ack'] as const) {
      const ids = rfcOrderCommitChecks(prefix).map(({ id }) => id)
      expect(ids.slice(5, 9)).toEqual([
        `${prefix}.envelope_signature`,
        `${prefix}.nonce_echo`,
        `${prefix}.pop`,
        'tct.structure',
      ])
      expect(ids.at(-1)).toBe('tct.revocation')
    }
  })
})

describe('an envelope judged by itself', () => {
  const judge = (text: string, changes: object = {}) =>
    refusal(() => aitp.verifyEnvelope(text, { now: T0, ...changes }))

  it('has a shape, a version, a time and a signature', () => {
    expect(aitp.verifyEnvelope(hello.message, { now: T0 })).toMatchObject({ sender: A.aid, timestamp: T0 })
    const change = (edit: Edit, key = A) => judge(edited(hello.message, edit, key))
    expect(
      change((d) => {
        d['extensions'] = { x: 1 }
      }),
    ).toBe('accepted')
    expect(
      change((d) => {
        d['trace_id'] = 1
      }),
    ).toBe('UNKNOWN_FIELD envelope.envelope')
    expect(
      change((d) => {
        d.message_type = 'x'
      }),
    ).toBe('INVALID_ENVELOPE envelope.message_type')
    expect(
      change((d) => {
        d.version = 'aitp/0.1'
      }),
    ).toBe('UNKNOWN_VERSION envelope.version')
    expect(judge(hello.message, { now: T0 + 301 })).toBe('TIMESTAMP_EXPIRED envelope.timestamp')
    expect(judge(hello.message, { now: T0 + 301, toleranceSecs: 301 })).toBe('accepted')
    expect(change(() => undefined, ATTACKER)).toBe('INVALID_SIGNATURE envelope.envelope_signature')
  })

  it('is remembered where there is a store', () => {
    const replay = aitp.createReplayStore({ capacity: 2 })
    expect(judge(hello.message, { replay })).toBe('accepted')
    expect(judge(hello.message, { replay })).toBe('REPLAY_DETECTED envelope.replay')
  })
})
