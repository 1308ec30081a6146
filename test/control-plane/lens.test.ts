import { describe, expect, it } from 'vitest'
import { compareProjections, type ShownByControlPlane } from '../../src/main/control-plane/lens/compare.ts'
import { localTruth } from '../../src/main/control-plane/lens/local-truth.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import type { SentBatch } from '../../src/shared/projections.ts'

const [alice, bob, bobAfter] = ['aid:alice', 'aid:bob', 'aid:bob-2']
const jti = '0b8f8c3e-5b5d-4f0e-9a53-0f2f3a1c9d11'

let seq = 0
const event = (body: object) =>
  ({ seq: ++seq, source: 'agent', cause_seq: [], ...body }) as unknown as RunEvent

function run(): RunEvent[] {
  seq = 0
  return [
    event({ type: 'agent.ready', agent_id: 'alice', aid: alice }),
    event({ type: 'agent.ready', agent_id: 'bob', aid: bob }),
    event({
      type: 'handshake.started',
      agent_id: 'bob',
      session_id: 's',
      peer_aid: alice,
      role: 'responder',
    }),
    event({
      type: 'handshake.complete',
      agent_id: 'alice',
      session_id: 's',
      peer_aid: bob,
      role: 'initiator',
      tct: { claims: { jti, iss: bob, sub: alice, grants: ['x', 'y'] } },
    }),
    event({ type: 'identity.key.rotated', agent_id: 'bob', old_aid: bob, new_aid: bobAfter }),
    event({
      type: 'delegation.issued',
      agent_id: 'bob',
      jti: 'd',
      parent_jti: jti,
      delegatee_aid: alice,
      scope: ['x'],
    }),
    event({ type: 'tct.revoked', agent_id: 'bob', jti }),
    event({ type: 'cp.webhook.subscribed', result: { id: 'w', url: 'http://u', events: [] } }),
  ]
}

const taken: SentBatch = { first_seq: 1, last_seq: 99, sent_at: 0, status: 200, error: null }

const nothing: ShownByControlPlane = {
  session: new Map(),
  tct: new Map(),
  delegation: new Map(),
  revocation: new Map(),
  webhook: new Map(),
}

const session = { status: 'complete', aidA: alice, aidB: bob }

function rows(shown: Partial<ShownByControlPlane>, batches: readonly SentBatch[] = [taken], events = run()) {
  const all = compareProjections(localTruth(events), batches, { ...nothing, ...shown })
  return Object.fromEntries(all.map((row) => [row.kind, row]))
}

describe('what a run says by itself', () => {
  it('is told under the keys that agents had then, whatever they have now', () => {
    const facts = Object.fromEntries(localTruth(run()).map(({ kind, local }) => [kind, local]))
    expect(facts).toEqual({
      session,
      tct: { issuer: bob, subject: alice, grants: ['x', 'y'], revoked: true },
      delegation: { parentJti: jti, delegator: bobAfter, delegatee: alice, scope: ['x'] },
      revocation: { listed: false, published: false },
      webhook: { url: 'http://u', received: 0 },
    })
  })
})

describe('held against what is shown', () => {
  it('is the same when it is, whatever the order of a list', () => {
    const tct = { issuer: bob, subject: alice, grants: ['y', 'x'], revoked: true }
    const found = rows({ session: new Map([['s', session]]), tct: new Map([[jti, tct]]) })
    expect(found['session']).toMatchObject({ difference: 'same', event_seqs: [3, 4], sent: taken })
    expect(found['tct']).toMatchObject({ difference: 'same', members: [] })
  })

  it.each([
    ['not_sent', []],
    ['lost', [{ ...taken, status: null }]],
    ['refused', [{ ...taken, status: 413, error: 'too large' }]],
    ['not_projected', [taken]],
  ] as const)('is %s where nothing is shown', (difference, batches) => {
    expect(rows({}, batches)['session']).toMatchObject({ difference, shown: null })
  })

  it('was sent by the batch with its last event', () => {
    const refused = { ...taken, first_seq: 4, last_seq: 9, status: 500, error: 'no' }
    const found = rows({}, [{ ...taken, last_seq: 3 }, refused])
    expect(found['session']).toMatchObject({ difference: 'refused', sent: refused })
    expect(found['session']?.explanation).toContain('500: no')
  })

  it('names what is shown otherwise, and who is missing', () => {
    const started = { ...session, status: 'started' }
    expect(rows({ session: new Map([['s', started]]) })['session']).toMatchObject({
      difference: 'different',
      members: ['status'],
    })
    const nobody = { ...session, aidA: null, aidB: null }
    expect(rows({ session: new Map([['s', nobody]]) })['session']).toMatchObject({
      difference: 'without_parties',
      members: ['aidA', 'aidB'],
    })
  })

  it('says of a revocation whether it is on the signed list, which an event alone never is', () => {
    expect(rows({})['revocation']).toMatchObject({ difference: 'not_sent' })
    expect(rows({ revocation: new Map([[jti, {}]]) })['revocation']).toMatchObject({ difference: 'same' })
    const published = (to_cp: boolean) => [
      ...run(),
      event({ type: 'revocation.published', jti, result: { to_cp, reason: '' } }),
    ]
    expect(rows({}, [taken], published(true))['revocation']).toMatchObject({ difference: 'different' })
    expect(rows({}, [taken], published(false))['revocation']).toMatchObject({ difference: 'refused' })
    const lost = { ...taken, status: null }
    expect(rows({}, [lost], published(false))['revocation']).toMatchObject({ difference: 'lost' })
  })

  it('knows that a subscription ends with its run, and that somebody else may report under it', () => {
    const found = rows({ session: new Map([['other', session]]) }, [taken], [])
    expect(found['session']).toMatchObject({ difference: 'unknown_here', local: null, id: 'other' })
    expect(rows({})['webhook']).toMatchObject({ difference: 'gone' })
  })

  it('explains why tokens of a redemption are not shown, and not those of a handshake', () => {
    expect(rows({})['tct']?.explanation).toContain('made nothing of it')
    const redeemed = event({
      type: 'delegation.redeemed',
      agent_id: 'alice',
      role: 'delegatee',
      jti,
      tct: { claims: { jti, iss: bob, sub: alice, grants: [] } },
    })
    expect(rows({}, [taken], [redeemed])['tct']?.explanation).toContain('only')
  })
})
