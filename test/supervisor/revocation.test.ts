import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import { type ControlPlaneStandIn, type ListChanges, startControlPlane } from '../support/control-plane.ts'
import {
  eventsOf,
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

const listPath = '/.well-known/aitp-revocation-list'

interface Scene {
  readonly sink: TelemetrySink
  readonly alice: LoneWorker
  readonly bob: LoneWorker
  readonly jti: string
}

/** Alice holds a token of Bob's, who follows the list of a Control Plane as `cp` says. */
async function scene(cp?: BootstrapFile['cp']): Promise<Scene> {
  const sink = await startTelemetrySink()
  const [alice, bob] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink, {}, cp ? { cp } : {}),
  ])
  await introduce([alice, bob])
  const shaken = await alice.admin('POST', '/admin/initiate-handshake', {
    peer_manifest_url: bob.manifestUrl,
  })
  const { jti } = shaken as { jti: string }
  return { sink, alice, bob, jti }
}

function follows(controlPlane: ControlPlaneStandIn, changes: Partial<BootstrapFile['cp']> = {}) {
  return { base_url: controlPlane.baseUrl, aid: controlPlane.aid, ...changes }
}

function call({ alice, bob }: Scene): Promise<unknown> {
  return alice.admin('POST', '/admin/invoke', {
    peer_aid: bob.worker.aid,
    capability: 'write.content',
    payload: 'x',
  })
}

const served = { article: expect.any(String) }

const refresh = (worker: LoneWorker, body: object = {}) =>
  worker.admin('POST', '/admin/refresh-revocations', body)

describe('a token that its issuer has revoked', () => {
  it('is refused, after its signature verified, with the source and the jti: B-75', async () => {
    const there = await scene()
    expect(await call(there)).toMatchObject(served)
    const { bob, sink, jti } = there
    expect(await bob.admin('POST', '/admin/revoke-tct', { jti })).toEqual({ revoked: jti, total_revoked: 1 })
    expect(eventsOf(sink, 'tct.revoked')).toMatchObject([{ jti, total_revoked: 1 }])
    expect(await call(there)).toEqual({
      error: true,
      status_code: 403,
      body: {
        error: { code: 'TCT_REVOKED', message: `${jti} is revoked (local)`, retryable: false },
        detail: `${jti} is revoked (local)`,
      },
    })
    expect(exchangesOf(sink, 'capability').at(-1)).toMatchObject({ side: 'client' })
    expect(exchangesOf(sink, 'capability').at(-2)?.report).toMatchObject({
      subject: 'tct',
      verdict: 'refused',
      code: 'TCT_REVOKED',
    })
    const decided = eventsOf(sink, 'gate.decided').at(-1)
    expect(decided?.stages.slice(2, 5)).toMatchObject([
      { stage: 'trust', decision: 'passed' },
      { stage: 'revocation', decision: 'refused', ids: { jti, source: 'local' } },
      { stage: 'policy', decision: 'not_reached' },
    ])
  })

  it('is not told apart from any other by who shows a forgery of it: B-75', async () => {
    const { alice, bob, jti } = await scene()
    await bob.admin('POST', '/admin/revoke-tct', { jti })
    const held = await alice.admin('GET', `/admin/held-tct?peer_aid=${encodeURIComponent(bob.worker.aid)}`)
    const [header, claims, signature = ''] = (held as { tct_token: string }).tct_token.split('.')
    const forged = `${header}.${claims}.${signature.slice(0, 10)}${signature[10] === 'A' ? 'B' : 'A'}${signature.slice(11)}`
    const response = await fetch(`http://127.0.0.1:${bob.worker.port}/capabilities/write.content`, {
      method: 'POST',
      headers: { 'x-aitp-tct': forged },
    })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'TCT_SIGNATURE_INVALID' } })
  })

  it('stays refused whatever a Control Plane says', async () => {
    const controlPlane = await startControlPlane()
    const there = await scene(follows(controlPlane, { fail_mode: 'soft_fail' }))
    await there.bob.admin('POST', '/admin/revoke-tct', { jti: there.jti })
    expect(await refresh(there.bob)).toMatchObject({ verified: true, revoked_count: 1, snapshot_count: 0 })
    expect(await call(there)).toMatchObject({ status_code: 403, body: { error: { code: 'TCT_REVOKED' } } })
  })
})

describe('the list of a Control Plane', () => {
  it('is had before the agent is ready, on record as an exchange with its ladder', async () => {
    const controlPlane = await startControlPlane()
    const sink = await startTelemetrySink()
    controlPlane.revoke('6f0dd8a5-5f5c-4f9b-8c62-3a0f6ad5a3a1')
    await startLoneWorker('writer', sink, {}, { cp: follows(controlPlane, { api_key: 'cp-key-1' }) })
    expect(eventsOf(sink, 'revocation.list_fetched')).toEqual([
      {
        type: 'revocation.list_fetched',
        jti_count: 1,
        added: 1,
        verified: true,
        issuer: controlPlane.aid,
      },
    ])
    expect(exchangesOf(sink, 'revocation_list')).toMatchObject([
      {
        side: 'client',
        response: { status: 200 },
        report: { subject: 'revocation_list', verdict: 'accepted' },
      },
    ])
    expect(controlPlane.requests).toMatchObject([{ path: listPath, authorization: 'Bearer cp-key-1' }])
    expect(JSON.stringify(sink.items)).not.toContain('cp-key-1')
  })

  it('refuses a token it names where a fail mode was chosen, and is no matter of the issuer otherwise', async () => {
    const controlPlane = await startControlPlane()
    const [strict, usual] = await Promise.all([
      scene(follows(controlPlane, { fail_mode: 'fail_closed' })),
      scene(follows(controlPlane)),
    ])
    for (const { jti } of [strict, usual]) controlPlane.revoke(jti)
    for (const { bob } of [strict, usual])
      expect(await refresh(bob)).toMatchObject({ added: 2, posture: 'current' })
    expect(await call(strict)).toMatchObject({
      status_code: 403,
      body: { detail: `${strict.jti} is revoked (cp-snapshot)` },
    })
    expect(await call(usual)).toMatchObject(served)
  })

  const rejected: [string, string, (cp: ControlPlaneStandIn) => ListChanges | string][] = [
    [
      'one that somebody else signed',
      'signature_invalid',
      ({ aid }) => ({ seed: randomBytes(32), issuer: aid }),
    ],
    ['one of another issuer', 'issuer_mismatch', () => ({ seed: randomBytes(32) })],
    ['one that has expired', 'expired', () => ({ publishedAt: nowSecs() - 100, ttlSecs: 50 })],
    ['one that is too old', 'stale', () => ({ publishedAt: nowSecs() - 400 })],
    ['one from before the last', 'superseded', () => ({ publishedAt: nowSecs() - 60 })],
    ['what is no JSON', 'malformed', () => '<html>'],
    ['a list without its envelope', 'malformed', () => '{"entries":[]}'],
    ['one with an entry that is none', 'malformed_body', (cp) => cp.revocationList().replace('[', '[1,')],
  ]
  it.each(rejected)(
    'is discarded and told of, even when quiet, if it is %s: %s',
    async (_, cause, changes) => {
      const controlPlane = await startControlPlane()
      const there = await scene(follows(controlPlane, { fail_mode: 'fail_closed' }))
      controlPlane.revoke(there.jti)
      await refresh(there.bob)
      const change = changes(controlPlane)
      const body = typeof change === 'string' ? change : controlPlane.revocationList(change)
      controlPlane.answerWith(listPath, { status: 200, body })
      expect(await refresh(there.bob, { quiet: true })).toMatchObject({
        discarded: cause,
        added: 0,
        verified: false,
        revoked_count: 1,
        posture: 'current',
      })
      expect(eventsOf(there.sink, 'revocation.verify_failed')).toMatchObject([{ cause }])
      // The one before it still holds.
      expect(await call(there)).toMatchObject({ status_code: 403 })
    },
  )

  it('without a pinned issuer is not used, and calls are served unchecked', async () => {
    const controlPlane = await startControlPlane()
    const there = await scene(follows(controlPlane, { aid: null, fail_mode: 'fail_closed' }))
    expect(await refresh(there.bob)).toMatchObject({ discarded: 'no_expected_issuer', posture: 'unchecked' })
    expect(await call(there)).toMatchObject(served)
    expect(controlPlane.requests).toEqual([])
  })

  it('of another address must still be of the pinned issuer, and is not given the key', async () => {
    const [controlPlane, other] = await Promise.all([startControlPlane(), startControlPlane()])
    const { bob } = await scene(follows(controlPlane, { api_key: 'cp-key-1' }))
    expect(await refresh(bob, { cp_base_url: other.baseUrl })).toMatchObject({ discarded: 'issuer_mismatch' })
    expect(other.requests).toMatchObject([{ path: listPath, authorization: undefined }])
  })

  it('is not asked for where there is no Control Plane', async () => {
    const { bob } = await scene()
    expect(await refresh(bob)).toEqual({
      revoked_count: 0,
      added: 0,
      posture: 'unchecked',
      skipped: 'no Control Plane is configured',
    })
  })
})

describe('a list that is stale', () => {
  async function staleScene(fail_mode?: 'fail_closed' | 'soft_fail') {
    const controlPlane = await startControlPlane()
    controlPlane.answerWith(listPath, { status: 503, body: '' })
    const there = await scene(follows(controlPlane, fail_mode ? { fail_mode } : {}))
    return { controlPlane, ...there }
  }

  it('makes calls fail under fail_closed, with the reason', async () => {
    const there = await staleScene('fail_closed')
    expect(eventsOf(there.sink, 'revocation.refresh_failed')).toMatchObject([
      { error: 'the Control Plane answered 503' },
    ])
    expect(await call(there)).toMatchObject({
      status_code: 403,
      body: {
        error: { code: 'TCT_REVOKED' },
        detail: 'revocation is degraded: no list has been had, fail_closed',
      },
    })
    there.controlPlane.answerWith(listPath, null)
    expect(await refresh(there.bob)).toMatchObject({ posture: 'current' })
    expect(await call(there)).toMatchObject(served)
  })

  it('is served by under soft_fail, and that is told: the first time, and not the next', async () => {
    const there = await staleScene('soft_fail')
    expect(await call(there)).toMatchObject(served)
    expect(await call(there)).toMatchObject(served)
    expect(eventsOf(there.sink, 'revocation.degraded_serve')).toEqual([
      {
        type: 'revocation.degraded_serve',
        reason: 'no list has been had',
        serves: 1,
        fail_mode: 'soft_fail',
      },
    ])
    expect(exchangesOf(there.sink, 'capability').at(0)?.report?.checks).toContainEqual(
      expect.objectContaining({ id: 'tct.revocation', status: 'skipped' }),
    )
  })

  it('is no matter for a call where nobody chose a fail mode', async () => {
    const there = await staleScene()
    expect(await call(there)).toMatchObject(served)
    expect(eventsOf(there.sink, 'revocation.degraded_serve')).toEqual([])
  })
})

describe('a Control Plane that is away', () => {
  it('costs one time limit, then nothing, until it is found again in the background', async () => {
    const controlPlane = await startControlPlane()
    const { bob, sink } = await scene(follows(controlPlane))
    controlPlane.answerWith(listPath, 'hang')
    expect(await refresh(bob)).toMatchObject({ error: expect.stringContaining('within 5000 ms') })
    await controlPlane.stop()
    const before = exchangesOf(sink, 'revocation_list').length
    expect(await refresh(bob)).toMatchObject({
      error: expect.stringContaining('is away'),
      posture: 'current',
    })
    expect(exchangesOf(sink, 'revocation_list')).toHaveLength(before)
    controlPlane.answerWith(listPath, null)
    await controlPlane.start()
    await vi.waitFor(async () => expect(await refresh(bob)).toMatchObject({ verified: true }), {
      timeout: 10_000,
      interval: 200,
    })
  })
})

describe('polling', () => {
  it('fetches the list again and tells when something changed', async () => {
    const controlPlane = await startControlPlane()
    const { sink } = await scene(follows(controlPlane, { poll_secs: 1 }))
    controlPlane.revoke('6f0dd8a5-5f5c-4f9b-8c62-3a0f6ad5a3a1')
    await vi.waitFor(
      () =>
        expect(eventsOf(sink, 'revocation.poll')).toEqual([
          { type: 'revocation.poll', healthy: true, changed: true, posture: 'current' },
        ]),
      { timeout: 5_000 },
    )
    controlPlane.answerWith(listPath, { status: 500, body: '' })
    await vi.waitFor(
      () => expect(eventsOf(sink, 'revocation.poll').at(-1)).toMatchObject({ healthy: false }),
      {
        timeout: 5_000,
      },
    )
    expect(eventsOf(sink, 'revocation.refresh_failed')).toEqual([])
  })
})

function nowSecs(): number {
  return Math.floor(Date.now() / 1000)
}
