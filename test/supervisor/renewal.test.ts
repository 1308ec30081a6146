import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { HandshakeDone, HeldTct, TctRenewed } from '../../src/shared/admin.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import { startControlPlane } from '../support/control-plane.ts'
import {
  eventsOf,
  exchangesOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

const aitp = createAitp(nodeEngine)

async function pair(writersChanges: Partial<BootstrapFile['aitp']> = {}, cp?: BootstrapFile['cp']) {
  const sink = await startTelemetrySink()
  const [alice, bob] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink, {}, { aitp: writersChanges, ...(cp ? { cp } : {}) }),
  ])
  await introduce([alice, bob])
  const first = HandshakeDone.parse(
    await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl }),
  )
  return { sink, alice, bob, first }
}

const renew = (alice: LoneWorker, bob: LoneWorker, more: object = {}) =>
  alice.admin('POST', '/admin/renew-tct', { peer_aid: bob.worker.aid, ...more })

const write = (alice: LoneWorker, bob: LoneWorker) =>
  alice.admin('POST', '/admin/invoke', {
    peer_aid: bob.worker.aid,
    capability: 'write.content',
    payload: '- a finding',
  })

const heldBy = (alice: LoneWorker, bob: LoneWorker) =>
  alice.admin('GET', `/admin/held-tct?peer_aid=${encodeURIComponent(bob.worker.aid)}`)

const manifestExpiry = async ({ manifestUrl }: LoneWorker): Promise<number> =>
  JSON.parse(await (await fetch(manifestUrl)).text()).manifest.expires_at

describe('a renewal', () => {
  it('replaces the held token by a later one with the same grants, and its voucher with it', async () => {
    const { sink, alice, bob, first } = await pair()
    const renewed = TctRenewed.parse(await renew(alice, bob))
    expect(renewed).toMatchObject({
      previous_jti: first.jti,
      issuer: bob.worker.aid,
      subject: alice.worker.aid,
    })
    expect(renewed.jti).not.toBe(first.jti)
    expect(renewed.expires_at).toBeGreaterThan(first.expires_at)
    expect(await heldBy(alice, bob)).toMatchObject({
      jti: renewed.jti,
      aid: alice.worker.aid,
      peer_aid: bob.worker.aid,
    })
    expect(await write(alice, bob)).toHaveProperty('article')
    expect(
      await alice.admin('POST', '/admin/delegate', {
        peer_aid: bob.worker.aid,
        delegatee_manifest_url: bob.manifestUrl,
        scope: ['write.content'],
      }),
    ).toMatchObject({ parent_jti: renewed.jti })

    const ids = { jti: renewed.jti, previous_jti: first.jti }
    expect(eventsOf(sink, 'tct.renewal.issued')).toMatchObject([{ ...ids, subject: alice.worker.aid }])
    expect(eventsOf(sink, 'tct.renewal.requested')).toMatchObject([{ ...ids, peer_aid: bob.worker.aid }])
    expect(
      exchangesOf(sink, 'renew').map(({ side, report }) => [side, report?.subject, report?.verdict]),
    ).toEqual([
      ['server', 'renewal_request', 'accepted'],
      ['client', 'renewal_response', 'accepted'],
    ])
  })

  it('lives as long as it is asked to, and no longer than the manifest (B-06)', async () => {
    const { alice, bob } = await pair({ ttl_secs: 600 })
    await renew(alice, bob, { new_ttl_secs: 900 })
    const { tct_token } = HeldTct.parse(await heldBy(alice, bob))
    const { iat, exp } = JSON.parse(Buffer.from(tct_token.split('.')[1] ?? '', 'base64url').toString())
    expect(exp - iat).toBe(900)
    const longest = TctRenewed.parse(await renew(alice, bob, { new_ttl_secs: 1_000_000 }))
    expect(longest.expires_at).toBe(await manifestExpiry(bob))
  })

  it('is not taken for one when it would end sooner; the old token stays', async () => {
    const { alice, bob, first } = await pair()
    await expect(renew(alice, bob, { new_ttl_secs: 60 })).rejects.toMatchObject({
      code: 'TCT_EXPIRED',
      check: 'renewed.later',
    })
    expect(await heldBy(alice, bob)).toMatchObject({ jti: first.jti })
  })

  it('needs a token', async () => {
    const { alice, bob } = await pair()
    await expect(renew(bob, alice, { peer_aid: bob.worker.aid })).rejects.toMatchObject({
      status: 412,
      code: 'no_held_tct',
    })
  })
})

describe('a renewal is refused', () => {
  it('when the same request comes again', async () => {
    const { sink, alice, bob } = await pair()
    await renew(alice, bob)
    await expect(renew(alice, bob, { fault: { kind: 'replayed_message' } })).rejects.toMatchObject({
      code: 'REPLAY_DETECTED',
    })
    expect(eventsOf(sink, 'tct.renewal.rejected')).toMatchObject([
      { code: 'REPLAY_DETECTED', check: 'renewal.replay' },
    ])
  })

  it('when the token is revoked; and revoking a token ends those that came of it (B-15)', async () => {
    const { alice, bob, first } = await pair()
    await renew(alice, bob)
    await bob.admin('POST', '/admin/revoke-tct', { jti: first.jti })
    expect(await write(alice, bob)).toMatchObject({
      status_code: 403,
      body: { error: { code: 'TCT_REVOKED' } },
    })
    await expect(renew(alice, bob)).rejects.toMatchObject({ code: 'TCT_REVOKED' })
  })

  it('when the token has expired', async () => {
    const { alice, bob } = await pair({ ttl_secs: 2 })
    await expect(renew(alice, bob, { fault: { kind: 'expired_token' } })).rejects.toMatchObject({
      code: 'TCT_EXPIRED',
    })
  })

  it('when its holder is no peer any more', async () => {
    const { alice, bob } = await pair()
    await bob.admin('PUT', '/admin/peers', { peers: [] })
    await expect(renew(alice, bob)).rejects.toMatchObject({ code: 'POLICY_VIOLATION' })
    expect(await write(alice, bob)).toHaveProperty('article')
  })

  it('when one character of the token is changed', async () => {
    const { alice, bob } = await pair()
    await expect(renew(alice, bob, { fault: { kind: 'tamper' } })).rejects.toMatchObject({
      code: 'TCT_SIGNATURE_INVALID',
    })
  })

  it('under fail_closed, when nobody knows what is revoked', async () => {
    const controlPlane = await startControlPlane()
    await controlPlane.stop()
    const cp = { base_url: controlPlane.baseUrl, aid: controlPlane.aid, fail_mode: 'fail_closed' as const }
    const { alice, bob } = await pair({}, cp)
    await expect(renew(alice, bob)).rejects.toMatchObject({ code: 'TCT_REVOKED' })
  })

  it('when its request is not one, or does not say for how many seconds', async () => {
    const { sink, alice, bob } = await pair()
    const { tct_token } = HeldTct.parse(await heldBy(alice, bob))
    const current = aitp.verifyTct(tct_token, { now: Math.floor(Date.now() / 1000) })
    const key = aitp.agentKey(Buffer.from(alice.bootstrap.aitp.seed_hex, 'hex'))
    const genuine = aitp.buildRenewalRequest(key, current, { randomBytes })
    const post = (body: string, query = '', type = 'application/json') =>
      fetch(`http://127.0.0.1:${bob.worker.port}/aitp/handshake/renew${query}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
    const more = JSON.stringify({ ...JSON.parse(genuine), ttl_secs: 1 })
    const refused = [
      await post('"text"'),
      await post(genuine, '', 'text/plain'),
      await post(genuine, '?ttl_secs=-5'),
      await post(genuine, '?ttl_secs=0'),
      await post(genuine, '?ttl_secs=5&ttl_secs=6'),
      await post(more),
    ]
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(400))
    expect(eventsOf(sink, 'tct.renewal.rejected').map(({ code, check }) => [code, check])).toEqual([
      ['INVALID_ENVELOPE', 'renewal.request'],
      ['INVALID_ENVELOPE', 'http.content_type'],
      ['INVALID_ENVELOPE', 'renewal.request'],
      ['INVALID_ENVELOPE', 'renewal.request'],
      ['INVALID_ENVELOPE', 'renewal.request'],
      ['UNKNOWN_FIELD', 'renewal.request'],
    ])
    expect((await post(genuine)).status).toBe(200)
  })
})
