import { describe, expect, it } from 'vitest'
import type { AgentFault } from '../../src/shared/faults.ts'
import {
  type BootstrapChanges,
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

interface Scene {
  readonly sink: TelemetrySink
  readonly alice: LoneWorker
  readonly bob: LoneWorker
  readonly carol: LoneWorker
}

/** Alice, Bob, who can be called, and Carol, who is somebody else. */
async function scene(bobs: BootstrapChanges['aitp'] = {}): Promise<Scene> {
  const sink = await startTelemetrySink()
  const [alice, bob, carol] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink, {}, { aitp: bobs }),
    startLoneWorker('analyzer', sink),
  ])
  await introduce([alice, bob, carol])
  return { sink, alice, bob, carol }
}

function shakeHands(from: LoneWorker, to: LoneWorker, fault?: AgentFault): Promise<unknown> {
  return from.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: to.manifestUrl, fault })
}

function call({ alice, bob }: Scene, fault?: AgentFault): Promise<unknown> {
  return alice.admin('POST', '/admin/invoke', {
    peer_aid: bob.worker.aid,
    capability: 'write.content',
    payload: 'x',
    fault,
  })
}

const renew = ({ alice, bob }: Scene, fault?: AgentFault) =>
  alice.admin('POST', '/admin/renew-tct', { peer_aid: bob.worker.aid, fault })

async function tokenOf(holder: LoneWorker, issuer: LoneWorker): Promise<string> {
  const path = `/admin/held-tct?peer_aid=${encodeURIComponent(issuer.worker.aid)}`
  return ((await holder.admin('GET', path)) as { tct_token: string }).tct_token
}

const arrivals = (sink: TelemetrySink, kind: Parameters<typeof exchangesOf>[1]) =>
  exchangesOf(sink, kind).filter(({ side }) => side === 'server')

const served = { article: expect.any(String) }
const refused = (code: string) => ({ error: true, status_code: 403, body: { error: { code } } })

describe('a fault in a call', () => {
  it('peer_offline: the connection is refused at another port, the token stays that of the peer: B-20', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    await expect(call(there, { kind: 'peer_offline' })).rejects.toMatchObject({
      status: 502,
      code: 'no_answer',
    })
    expect(exchangesOf(there.sink, 'capability')).toMatchObject([
      {
        side: 'client',
        peer_aid: there.bob.worker.aid,
        request: { url: 'http://127.0.0.1:1/capabilities/write.content' },
        response: null,
        error: { code: 'no_answer' },
      },
    ])
  })

  it('delay: the message is late and arrives', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    expect(await call(there, { kind: 'delay', ms: 400 })).toMatchObject(served)
    const [arrived] = arrivals(there.sink, 'capability')
    const sent = exchangesOf(there.sink, 'capability').find(({ side }) => side === 'client')
    expect((arrived?.started_at ?? 0) - (sent?.started_at ?? 0)).toBeGreaterThan(0.3)
  })

  it('drop: nobody gets the message, its sender gives up', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    await expect(call(there, { kind: 'drop', ms: 300 })).rejects.toMatchObject({
      code: 'no_answer',
      message: expect.stringContaining('within 300 ms'),
    })
    expect(arrivals(there.sink, 'capability')).toEqual([])
  })

  it('duplicate and replayed_message: go through with a bare token, and not with proof of possession', async () => {
    const [bare, proven] = await Promise.all([scene(), scene({ pop: 'required' })])
    for (const { alice, bob } of [bare, proven]) await shakeHands(alice, bob)
    expect(await call(bare, { kind: 'duplicate' })).toMatchObject(served)
    expect(arrivals(bare.sink, 'capability')).toHaveLength(2)
    const [first, second] = arrivals(bare.sink, 'capability').map(({ request }) => request.body.text)
    expect(second).toBe(first)
    expect(await call(bare, { kind: 'replayed_message' })).toMatchObject(served)
    expect(await call(proven, { kind: 'duplicate' })).toMatchObject(refused('REPLAY_DETECTED'))
    expect(await call(proven)).toMatchObject(served)
    expect(await call(proven, { kind: 'replayed_message' })).toMatchObject(refused('REPLAY_DETECTED'))
  })

  it('replayed_message: makes the genuine exchange first where there was none', async () => {
    const there = await scene({ pop: 'required' })
    await shakeHands(there.alice, there.bob)
    expect(await call(there, { kind: 'replayed_message' })).toMatchObject(refused('REPLAY_DETECTED'))
    const statuses = arrivals(there.sink, 'capability').map(({ response }) => response?.status)
    expect(statuses).toEqual([401, 401, 200, 403])
  })

  it('tamper: the token is to live a second longer, and nothing else of it is changed', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    expect(await call(there, { kind: 'tamper' })).toMatchObject(refused('TCT_SIGNATURE_INVALID'))
    const held = await tokenOf(there.alice, there.bob)
    const sent = exchangesOf(there.sink, 'capability')
      .at(-1)
      ?.request.headers.find(([name]) => name === 'x-aitp-tct')
    const [header, payload, signature] = held.split('.')
    const [sentHeader, sentPayload, sentSignature] = (sent?.[1] ?? '').split('.')
    expect([sentHeader, sentSignature]).toEqual([header, signature])
    const claims = claimsOf(payload)
    expect(claimsOf(sentPayload)).toEqual({ ...claims, exp: claims.exp + 1 })
  })

  it('expired_token: waits for the end of a token, if that is near', async () => {
    const there = await scene({ ttl_secs: 2 })
    await shakeHands(there.alice, there.bob)
    expect(await call(there, { kind: 'expired_token' })).toMatchObject(refused('TCT_EXPIRED'))
    await shakeHands(there.alice, there.carol)
    const far = there.alice.admin('POST', '/admin/invoke', {
      peer_aid: there.carol.worker.aid,
      capability: 'analyze.data',
      fault: { kind: 'expired_token' },
    })
    await expect(far).rejects.toMatchObject({ status: 412, code: 'fault_not_possible' })
  })

  it('wrong_audience: the token of another issuer', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    const fault = { kind: 'wrong_audience', peer_aid: there.carol.worker.aid } as const
    await expect(call(there, fault)).rejects.toMatchObject({ status: 412, code: 'fault_not_possible' })
    await shakeHands(there.alice, there.carol)
    expect(await call(there, fault)).toMatchObject(refused('TCT_SIGNATURE_INVALID'))
  })

  it('stolen_token: is as good as one’s own, unless its key has to be shown', async () => {
    const [bare, proven] = await Promise.all([scene(), scene({ pop: 'required' })])
    // The thief holds nothing of its own.
    for (const { bob, carol } of [bare, proven]) await shakeHands(carol, bob)
    const stolen = async ({ carol, bob }: Scene) =>
      ({ kind: 'stolen_token', token: await tokenOf(carol, bob) }) as const
    expect(await call(bare, await stolen(bare))).toMatchObject(served)
    expect(await call(proven, await stolen(proven))).toMatchObject(refused('POP_RESPONSE_INVALID'))
  })

  it('ends with the call it was put into', async () => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    expect(await call(there, { kind: 'tamper' })).toMatchObject({ error: true })
    expect(await call(there)).toMatchObject(served)
  })
})

describe('a fault in a handshake', () => {
  const cases: [AgentFault, string][] = [
    [{ kind: 'peer_offline' }, 'no_answer'],
    [{ kind: 'drop', ms: 300 }, 'no_answer'],
    [{ kind: 'duplicate' }, 'REPLAY_DETECTED'],
    [{ kind: 'tamper' }, 'INVALID_SIGNATURE'],
    [{ kind: 'replayed_message' }, 'REPLAY_DETECTED'],
    [{ kind: 'clock_skew', secs: 900 }, 'TIMESTAMP_EXPIRED'],
    [{ kind: 'clock_skew', secs: -900 }, 'MANIFEST_INVALID'],
  ]
  it.each(cases)('%o is refused with %s, and the next one succeeds', async (fault, code) => {
    const { alice, bob } = await scene()
    await expect(shakeHands(alice, bob, fault)).rejects.toMatchObject({ code })
    expect(await shakeHands(alice, bob)).toMatchObject({ peer_aid: bob.worker.aid })
  })

  it('wrong_audience is refused: the hello was made for another', async () => {
    const { sink, alice, bob, carol } = await scene()
    await expect(
      shakeHands(alice, bob, { kind: 'wrong_audience', peer_aid: carol.worker.aid }),
    ).rejects.toMatchObject({ code: 'IDENTITY_FAILED' })
    const [hello] = arrivals(sink, 'hello')
    expect(hello).toMatchObject({ report: { verdict: 'refused' } })
    expect(hello?.request.url).toContain(`:${bob.worker.port}/`)
  })

  it('delay holds the hello back and nothing else', async () => {
    const { sink, alice, bob } = await scene()
    expect(await shakeHands(alice, bob, { kind: 'delay', ms: 400 })).toMatchObject({
      jti: expect.any(String),
    })
    const slow = exchangesOf(sink, 'hello').find(({ side }) => side === 'client')
    const quick = exchangesOf(sink, 'commit').find(({ side }) => side === 'client')
    expect(slow?.duration_ms).toBeGreaterThan(390)
    expect(quick?.duration_ms).toBeLessThan(390)
  })

  it('replays what was really sent before', async () => {
    const { sink, alice, bob } = await scene()
    await shakeHands(alice, bob)
    await expect(shakeHands(alice, bob, { kind: 'replayed_message' })).rejects.toMatchObject({
      code: 'REPLAY_DETECTED',
    })
    const [first, again] = arrivals(sink, 'hello').map(({ request }) => request.body.text)
    expect(again).toBe(first)
  })
})

describe('a fault in a renewal', () => {
  const cases: [AgentFault, string][] = [
    [{ kind: 'peer_offline' }, 'no_answer'],
    [{ kind: 'drop', ms: 300 }, 'no_answer'],
    [{ kind: 'duplicate' }, 'REPLAY_DETECTED'],
    [{ kind: 'tamper' }, 'TCT_SIGNATURE_INVALID'],
    [{ kind: 'replayed_message' }, 'REPLAY_DETECTED'],
  ]
  it.each(cases)('%o is refused with %s, and the token held stays', async (fault, code) => {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    const before = await tokenOf(there.alice, there.bob)
    await expect(renew(there, fault)).rejects.toMatchObject({ code })
    expect(await tokenOf(there.alice, there.bob)).toBe(before)
  })

  it('expired_token comes too late', async () => {
    const there = await scene({ ttl_secs: 2 })
    await shakeHands(there.alice, there.bob)
    await expect(renew(there, { kind: 'expired_token' })).rejects.toMatchObject({ code: 'TCT_EXPIRED' })
  })
})

describe('a fault in a redemption', () => {
  /** Alice passes a grant of Bob's on to Carol. */
  async function delegated() {
    const there = await scene()
    await shakeHands(there.alice, there.bob)
    const made = await there.alice.admin('POST', '/admin/delegate', {
      peer_aid: there.bob.worker.aid,
      delegatee_manifest_url: there.carol.manifestUrl,
      scope: ['write.content'],
    })
    const { delegation_token } = made as { delegation_token: string }
    return { ...there, delegation_token }
  }

  const redeem = (
    by: LoneWorker,
    { bob, delegation_token }: Awaited<ReturnType<typeof delegated>>,
    fault?: AgentFault,
  ) =>
    by.admin('POST', '/admin/redeem-delegation', {
      peer_manifest_url: bob.manifestUrl,
      delegation_token,
      fault,
    })

  it.each<[AgentFault, string]>([
    [{ kind: 'peer_offline' }, 'no_answer'],
    [{ kind: 'drop', ms: 300 }, 'no_answer'],
    [{ kind: 'tamper' }, 'DELEGATION_INVALID_SIGNATURE'],
    [{ kind: 'duplicate' }, 'DELEGATION_POP_FAILED'],
  ])('%o is refused with %s, and the next one succeeds', async (fault, code) => {
    const there = await delegated()
    await expect(redeem(there.carol, there, fault)).rejects.toMatchObject({ code })
    expect(await redeem(there.carol, there)).toMatchObject({ ok: true })
  })

  it('stolen_token: who presents the delegation of another cannot show its key', async () => {
    const there = await delegated()
    const fault = { kind: 'stolen_token', token: there.delegation_token } as const
    await expect(redeem(there.alice, there, fault)).rejects.toMatchObject({ status: 502 })
  })

  it('wrong_audience: only the agent whose grant it is redeems it', async () => {
    const there = await delegated()
    const fault = { kind: 'wrong_audience', peer_aid: there.alice.worker.aid } as const
    await expect(redeem(there.carol, there, fault)).rejects.toMatchObject({
      code: expect.stringMatching(/^DELEGATION_/),
    })
  })
})

function claimsOf(payload = ''): Record<string, unknown> & { exp: number } {
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}
