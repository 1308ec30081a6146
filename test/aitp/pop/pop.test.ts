import { beforeEach, describe, expect, it } from 'vitest'
import {
  type ChallengeStore,
  type PopChallengeContext,
  type PopResponseContext,
  popChallengeChecks,
  popResponseChecks,
} from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aitp,
  B,
  C,
  counting,
  fromB64u,
  keyNamed,
  P,
  readVector,
  refusal,
  scripted,
  signField,
  T0,
  uuidBytes,
} from '../fixtures.ts'
import { type Edit, edited } from '../handshake/scene.ts'

const JTI = '550e8400-e29b-41d4-a716-446655440000'
const OTHER = '550e8400-e29b-41d4-a716-446655440001'

/** B issued this to A; A presents it to B. */
const issue = (jti = JTI, subject = A.aid) =>
  aitp.issueTct(B, { subject, grants: ['beta.read'], now: T0, ttlSecs: 3600, notAfter: T0 + 86400, jti })
    .claims
const claims = issue()

let challenges: ChallengeStore
let randomBytes: ReturnType<typeof counting>

beforeEach(() => {
  challenges = aitp.createChallengeStore({ capacity: 3 })
  randomBytes = counting()
})

const challenge = (now = T0) => aitp.issuePopChallenge(B, { claims, challenges, now, randomBytes })

function read(text: string, changes: Partial<PopChallengeContext> = {}) {
  return aitp.verifyPopChallenge(text, { now: T0 + 1, claims, ...changes })
}

function answer(text = challenge()): string {
  return aitp.answerPopChallenge(A, read(text), { now: T0 + 2, randomBytes })
}

function judge(text: string, changes: Partial<PopResponseContext> = {}): string {
  return refusal(() => aitp.verifyPopResponse(text, { now: T0 + 3, claims, challenges, ...changes }))
}

describe('a round of challenge and response', () => {
  it('shows who holds the key, and uses the challenge up', () => {
    const text = answer()
    expect(challenges.size).toBe(1)
    expect(aitp.verifyPopResponse(text, { now: T0 + 3, claims, challenges })).toBe(A.aid)
    expect(challenges.size).toBe(0)
    expect(judge(text)).toBe('POP_RESPONSE_INVALID pop_response.outstanding')
  })

  it('serves a P-256 holder as well', () => {
    const held = issue(JTI, P.aid)
    const asked = aitp.issuePopChallenge(B, { claims: held, challenges, now: T0, randomBytes })
    const verified = read(asked, { claims: held })
    const text = aitp.answerPopChallenge(P, verified, { now: T0 + 2, randomBytes })
    expect(judge(text, { claims: held })).toBe('accepted')
  })

  it('may be several at a time for one token, each answered once', () => {
    const [first, second] = [challenge(), challenge()]
    expect(judge(answer(second))).toBe('accepted')
    expect(judge(answer(first))).toBe('accepted')
  })

  it('travels in a header', () => {
    const text = challenge()
    const value = aitp.toPopHeader(text)
    expect(value).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(aitp.fromPopHeader(value)).toBe(text)
    expect(aitp.fromPopHeader('=')).toBeUndefined()
    expect(aitp.fromPopHeader('_w')).toBeUndefined()
  })
})

describe('the holder', () => {
  function verdict(edit: Edit, key = B, changes: Partial<PopChallengeContext> = {}): string {
    return refusal(() => read(edited(challenge(), edit, key), changes))
  }

  it.each<[string, Edit, string]>([
    [
      'another message type',
      (d) => {
        d.message_type = 'pop_response'
      },
      'INVALID_ENVELOPE pop_challenge.message_type',
    ],
    [
      'another version',
      (d) => {
        d.version = 'aitp/9'
      },
      'UNKNOWN_VERSION pop_challenge.version',
    ],
    [
      'a stale challenge',
      (d) => {
        d.timestamp = T0 - 300
      },
      'POP_CHALLENGE_INVALID pop_challenge.timestamp',
    ],
    [
      'a long nonce',
      (d) => {
        d.payload['nonce'] = 'A'.repeat(86)
      },
      'POP_CHALLENGE_INVALID pop_challenge.payload',
    ],
    [
      'a nonce with unused bits',
      (d) => {
        d.payload['nonce'] = `${'A'.repeat(21)}B`
      },
      'POP_CHALLENGE_INVALID pop_challenge.payload',
    ],
    [
      'a missing token id',
      (d) => {
        d.payload = { nonce: 'A'.repeat(22) }
      },
      'POP_CHALLENGE_INVALID pop_challenge.payload',
    ],
    [
      'an expiry of its own',
      (d) => {
        d.payload['expires_at'] = T0 + 60
      },
      'UNKNOWN_FIELD pop_challenge.payload',
    ],
    [
      'a challenge about another token',
      (d) => {
        d.payload['tct_jti'] = OTHER
      },
      'POP_CHALLENGE_INVALID pop_challenge.tct_jti',
    ],
  ])('signs nothing for %s', (_, edit, expected) => {
    expect(verdict(edit)).toBe(expected)
  })

  it('signs nothing for another than the issuer of its token, nor for a forged envelope', () => {
    const byAnother = (d: { sender: { agent_id: string } }) => {
      d.sender.agent_id = C.aid
    }
    expect(verdict(byAnother, C)).toBe('POP_CHALLENGE_INVALID pop_challenge.sender')
    expect(verdict(() => undefined, ATTACKER)).toBe('INVALID_SIGNATURE pop_challenge.envelope_signature')
  })

  it('signs nothing twice where it remembers', () => {
    const replay = aitp.createReplayStore({ capacity: 10 })
    const text = challenge()
    read(text, { replay })
    expect(refusal(() => read(text, { replay }))).toBe('REPLAY_DETECTED pop_challenge.replay')
  })

  it('never signs with another key, nor anything but 16 bytes', () => {
    const verified = read(challenge())
    expect(() => aitp.answerPopChallenge(C, verified, { now: T0, randomBytes })).toThrow(TypeError)
    for (const nonce of ['', 'A'.repeat(21), 'A'.repeat(23), 'A'.repeat(86), '='.repeat(22)])
      expect(() => aitp.signNonce(A, nonce)).toThrow(TypeError)
  })

  it('lists its checks', () => {
    expect(popChallengeChecks.map(({ id }) => id.replace('pop_challenge.', '')).join(' ')).toBe(
      'envelope message_type version replay timestamp payload envelope_signature replay_record sender tct_jti',
    )
  })
})

describe('the agent that asked', () => {
  function verdict(edit: Edit, key = A): string {
    return judge(edited(answer(), edit, key))
  }

  it.each<[string, Edit, string]>([
    [
      'a stale answer',
      (d) => {
        d.timestamp = T0 - 300
      },
      'POP_RESPONSE_INVALID pop_response.timestamp',
    ],
    [
      'an answer without signature',
      (d) => {
        d.payload['pop_signature'] = ''
      },
      'POP_RESPONSE_INVALID pop_response.payload',
    ],
    [
      'an unknown member',
      (d) => {
        d.payload['x'] = 1
      },
      'UNKNOWN_FIELD pop_response.payload',
    ],
    [
      'an answer about another token',
      (d) => {
        d.payload['tct_jti'] = OTHER
      },
      'POP_RESPONSE_INVALID pop_response.outstanding',
    ],
    [
      'another nonce',
      (d) => {
        d.payload['nonce_echo'] = 'A'.repeat(22)
      },
      'POP_RESPONSE_INVALID pop_response.nonce_echo',
    ],
    [
      'a signature of another form',
      (d) => {
        d.payload['pop_signature'] = 'x'
      },
      'POP_RESPONSE_INVALID pop_response.pop',
    ],
    [
      'a signature over another nonce',
      (d) => {
        d.payload['pop_signature'] = signField(A, new Uint8Array(16))
      },
      'POP_RESPONSE_INVALID pop_response.pop',
    ],
    [
      'a signature over the text of the nonce',
      (d) => {
        d.payload['pop_signature'] = signField(
          A,
          new Uint8Array(Buffer.from(String(d.payload['nonce_echo']))),
        )
      },
      'POP_RESPONSE_INVALID pop_response.pop',
    ],
  ])('refuses %s', (_, edit, expected) => {
    expect(verdict(edit)).toBe(expected)
  })

  it('refuses another than the subject, and a forged envelope', () => {
    const byAnother = (d: { sender: { agent_id: string } }) => {
      d.sender.agent_id = C.aid
    }
    expect(verdict(byAnother, C)).toBe('POP_RESPONSE_INVALID pop_response.sender')
    expect(verdict(() => undefined, ATTACKER)).toBe('INVALID_SIGNATURE pop_response.envelope_signature')
  })

  it('refuses an answer that comes too late', () => {
    const text = answer()
    expect(judge(text, { now: T0 + 61 })).toBe('POP_RESPONSE_INVALID pop_response.outstanding')
    expect(judge(answer(), { now: T0 + 60 })).toBe('accepted')
  })

  it('refuses a key that the token is not bound to', () => {
    const bound = { ...claims, cnf: { jkt: aitp.thumbprint(C.aid) } }
    expect(judge(answer(), { claims: bound })).toBe('POP_RESPONSE_INVALID pop_response.cnf')
  })

  it('asks about its own tokens only', () => {
    expect(() => aitp.issuePopChallenge(C, { claims, challenges, now: T0, randomBytes })).toThrow(TypeError)
  })

  it('reports the round', () => {
    const collector = aitp.createCollector()
    judge(answer(), { collector })
    const report = collector.report('pop_response', T0 + 3)
    expect(report.verdict).toBe('accepted')
    expect(report.checks.map(({ id }) => id)).toEqual(popResponseChecks.map(({ id }) => id))
  })
})

describe('a challenge store', () => {
  it('refuses what it has no room for, and forgets only what is over', () => {
    for (const nonce of ['a', 'b', 'c']) expect(challenges.add(JTI, nonce, T0)).toBe(true)
    expect(challenges.add(JTI, 'd', T0)).toBe(false)
    expect(refusal(() => challenge())).toBe('POP_CHALLENGE_INVALID null')
    expect(challenges.add(JTI, 'd', T0 + 61)).toBe(true)
    expect(challenges.outstanding(JTI, T0 + 61)).toEqual(['d'])
    expect(challenges.outstanding(OTHER, T0 + 61)).toEqual([])
    expect(challenges.consume(JTI, 'd', T0 + 61)).toBe(true)
    expect(challenges.consume(JTI, 'd', T0 + 61)).toBe(false)
  })

  it.each([
    { capacity: 0 },
    { capacity: 1.5 },
    { capacity: 1, lifetimeSecs: 0 },
    { capacity: 1, lifetimeSecs: 301 },
  ])('is not made of %j', (options) => {
    expect(() => aitp.createChallengeStore(options)).toThrow(TypeError)
  })
})

it('the worked round comes out byte for byte', () => {
  const { downstream_pop, tct } = readVector<{
    downstream_pop: Readonly<
      Record<'challenge' | 'response', { envelope: { message_id: string; payload: { nonce: string } } }>
    >
    tct: { b_issues_a: { jws: string } }
  }>('aitp/derived/worked-transcript.json')
  const worked = aitp.verifyTct(tct.b_issues_a.jws, { now: T0 + 10 }).claims
  const asked = downstream_pop.challenge.envelope
  const challengeBytes = scripted(fromB64u(asked.payload.nonce), uuidBytes(asked.message_id))
  const text = aitp.issuePopChallenge(B, {
    claims: worked,
    challenges,
    now: T0 + 10,
    randomBytes: challengeBytes,
  })
  expect(JSON.parse(text)).toEqual(asked)
  const verified = aitp.verifyPopChallenge(text, { now: T0 + 11, claims: worked })
  const answered = aitp.answerPopChallenge(keyNamed('kat-keypair-001'), verified, {
    now: T0 + 11,
    randomBytes: scripted(uuidBytes(downstream_pop.response.envelope.message_id)),
  })
  expect(JSON.parse(answered)).toEqual(downstream_pop.response.envelope)
  expect(judge(answered, { claims: worked, now: T0 + 12 })).toBe('accepted')
})

it('the challenges of one token take no room from those of another', () => {
  const store = aitp.createChallengeStore({ capacity: 3, perToken: 2 })
  const [greedy, other] = ['greedy', 'other']
  for (const nonce of ['1', '2', '3', '4']) expect(store.add(greedy, nonce, 0)).toBe(true)
  expect(store.outstanding(greedy, 0)).toEqual(['3', '4'])
  expect(store.add(other, '5', 0)).toBe(true)
  expect(store.consume(other, '5', 0)).toBe(true)
})
