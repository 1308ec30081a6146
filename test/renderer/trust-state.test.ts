import { expect, test } from 'vitest'
import type { Token } from '../../src/renderer/features/trust/trust.ts'
import { trustFacts } from '../../src/renderer/features/trust/trust-facts.ts'
import { type TrustState, trustState } from '../../src/renderer/features/trust/trust-state.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import {
  delegationChain,
  delegationMultihop,
  keyRotation,
  revocationDemo,
  tctRenewal,
} from '../support/recorded-runs.ts'

test('before a handshake ends it is pending both ways, and for anybody else there is nothing', () => {
  const state = at(delegationChain, 13)
  expect([...state.pairs.keys()]).toEqual(['researcher writer', 'writer researcher'])
  expect([...state.pairs.values()].map(({ attempt, tokens }) => [attempt, tokens])).toEqual([
    [{ kind: 'pending', seq: 12 }, []],
    [{ kind: 'pending', seq: 12 }, []],
  ])
})

test('a direction is trusted when its holder says so, while the other is still pending', () => {
  const state = at(delegationChain, 14)
  expect(pair(state, 'writer', 'researcher')).toMatchObject({
    attempt: null,
    tokens: [{ grants: ['research.query'], seq: 14, origin: 'handshake', state: { kind: 'valid' } }],
  })
  expect(pair(state, 'researcher', 'writer')).toMatchObject({ attempt: { kind: 'pending' }, tokens: [] })
})

test('a delegation token is its delegatee’s, and redeemed it becomes a TCT of the issuer', () => {
  const state = at(delegationChain)
  const redeemed = one(state, 'sub-researcher', 'writer')
  const delegation = state.tokens.find(({ jti }) => jti === redeemed.parentJti)
  expect(delegation).toMatchObject({
    kind: 'delegation',
    holder: 'sub-researcher',
    issuer: 'researcher',
    accepter: 'writer',
    grants: ['write.content'],
    issuedAt: null,
  })
  expect(delegation?.parentJti).toBe(one(state, 'researcher', 'writer').jti)
  expect(delegation?.state).toEqual({ kind: 'valid' })
  expect(redeemed).toMatchObject({ origin: 'redemption', seq: 23, expiresAt: delegation?.expiresAt })
  expect(state.pairs.has('sub-researcher researcher')).toBe(false)
})

test('a delegation token that nobody has verified is issued, and no more', () => {
  expect(at(delegationChain, 21).tokens.at(-1)).toMatchObject({
    kind: 'delegation',
    state: { kind: 'issued' },
  })
  expect(at(delegationChain, 22).tokens.at(-1)).toMatchObject({
    kind: 'delegation',
    state: { kind: 'valid' },
  })
})

test('a redemption under way is pending in its one direction', () => {
  const state = at(delegationChain, 21)
  expect(pair(state, 'sub-researcher', 'writer')).toMatchObject({ attempt: { kind: 'pending', seq: 21 } })
  expect(state.pairs.has('writer sub-researcher')).toBe(false)
})

test('authority of two hops leads back to the token it came from', () => {
  const state = at(delegationMultihop)
  const line: Token[] = []
  for (
    let token: Token | undefined = one(state, 'analyst', 'writer');
    token;
    token = state.tokens.find(({ jti }) => jti === token?.parentJti)
  )
    line.push(token)
  expect(line.map(({ holder, kind }) => `${holder} ${kind}`)).toEqual([
    'analyst tct',
    'analyst delegation',
    'sub-researcher tct',
    'sub-researcher delegation',
    'researcher tct',
  ])
})

test('a renewed token is superseded by the next one, and a token of another handshake is not', () => {
  const held = pair(at(tctRenewal), 'researcher', 'writer').tokens
  expect(held.map(({ origin, seq, state }) => [origin, seq, state])).toEqual([
    ['renewal', 32, { kind: 'valid' }],
    ['handshake', 16, { kind: 'valid' }],
    ['handshake', 12, { kind: 'superseded', seq: 32, why: 'renewed' }],
  ])
  expect(held[0]?.parentJti).toBe(held[2]?.jti)
})

test('a new key supersedes every token of the old one, in both directions', () => {
  expect(at(keyRotation, 21).tokens.map(({ state }) => state)).toEqual([
    { kind: 'superseded', seq: 21, why: 'key_rotated' },
    { kind: 'superseded', seq: 21, why: 'key_rotated' },
  ])
  const after = at(keyRotation)
  expect(pair(after, 'researcher', 'writer').tokens.map(({ state }) => state.kind)).toEqual([
    'valid',
    'superseded',
  ])
})

test('a call refused for its token is told with its code, until there is a new token', () => {
  expect(pair(at(keyRotation, 25), 'researcher', 'writer').refusedCall).toEqual({
    seq: 25,
    code: 'TCT_SIGNATURE_INVALID',
  })
  expect(pair(at(keyRotation), 'researcher', 'writer').refusedCall).toBeNull()
})

test('a token is revoked when its issuer says so, and not when somebody else does', () => {
  expect(one(at(revocationDemo, 20), 'writer', 'researcher').state).toEqual({ kind: 'valid' })
  const revoked = at(revocationDemo)
  expect(one(revoked, 'writer', 'researcher').state).toEqual({ kind: 'revoked', seq: 21 })
  expect(one(revoked, 'researcher', 'writer').state).toEqual({ kind: 'valid' })
  const byTheHolder = changed(revocationDemo, 21, { agent_id: 'writer' })
  expect(one(at(byTheHolder), 'writer', 'researcher').state).toEqual({ kind: 'valid' })
})

test('a token expires with the moment that is looked at, and what was revoked stays revoked', () => {
  const { expiresAt } = one(at(revocationDemo), 'researcher', 'writer')
  const facts = trustFacts(revocationDemo.events)
  expect(one(trustState(facts, expiresAt - 1), 'researcher', 'writer').state.kind).toBe('valid')
  const later = trustState(facts, expiresAt)
  expect(one(later, 'researcher', 'writer').state.kind).toBe('expired')
  expect(one(later, 'writer', 'researcher').state.kind).toBe('revoked')
})

test('a handshake that fails is refused both ways, with the code and the agent’s own event', () => {
  const [ended] = delegationChain.events.slice(13, 14)
  if (!ended) throw new TypeError('the recording is too short')
  const stamp = { ts: ended.ts, offset_ms: 0, run_id: ended.run_id }
  const about = { error: 'no', code: 'POP_FAILED', check: null }
  const failed: RunEvent[] = [
    ...delegationChain.events.slice(0, 13),
    {
      type: 'handshake.failed',
      ...about,
      role: 'responder',
      ...stamp,
      seq: 14,
      cause_seq: [13],
      source: 'agent',
    },
    {
      type: 'trust.failed',
      initiator: 'researcher',
      target: 'writer',
      ...about,
      ...stamp,
      seq: 15,
      cause_seq: [14],
      source: 'runner',
    },
  ]
  const refused = { kind: 'refused', seq: 14, code: 'POP_FAILED' }
  expect([...trustState(trustFacts(failed), stamp.ts).pairs.values()].map(({ attempt }) => attempt)).toEqual([
    refused,
    refused,
  ])
})

test('what was pending when the run ended is broken off, not pending for ever', () => {
  const { events } = delegationChain
  const last = events.at(-1)
  if (!last) throw new TypeError('the recording is empty')
  const state = trustState(trustFacts([...events.slice(0, 13), { ...last, seq: 14 }]), last.ts)
  expect(pair(state, 'researcher', 'writer').attempt).toEqual({ kind: 'broken_off', seq: 12 })
})

/** As it was right after event `upTo`. */
function at({ events }: RunRecord, upTo = events.length): TrustState {
  const known = events.slice(0, upTo)
  return trustState(trustFacts(known), known.at(-1)?.ts ?? 0)
}

function pair(state: TrustState, holder: string, issuer: string) {
  const found = state.pairs.get(`${holder} ${issuer}`)
  if (!found) throw new TypeError(`${holder} was never to be trusted by ${issuer}`)
  return found
}

function one(state: TrustState, holder: string, issuer: string): Token {
  const [token, ...others] = pair(state, holder, issuer).tokens
  if (!token || others.length > 0) throw new TypeError(`${holder} does not hold one token of ${issuer}`)
  return token
}

function changed(run: RunRecord, seq: number, change: Partial<Pick<RunEvent, 'agent_id'>>): RunRecord {
  const copy = structuredClone(run)
  Object.assign(copy.events[seq - 1] ?? {}, change)
  return copy
}
