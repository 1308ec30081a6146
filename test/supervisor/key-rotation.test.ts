import { describe, expect, it } from 'vitest'
import { mintMockIssuer } from '../../src/main/trust/oidc-issuer.ts'
import { KeysRotated } from '../../src/shared/admin.ts'
import { createStranger } from '../support/stranger.ts'
import {
  type BootstrapChanges,
  eventsOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

async function pair(ofWriter: BootstrapChanges = {}, ofResearcher: BootstrapChanges = {}) {
  const sink = await startTelemetrySink()
  const [alice, bob] = await Promise.all([
    startLoneWorker('researcher', sink, {}, ofResearcher),
    startLoneWorker('writer', sink, {}, ofWriter),
  ])
  await introduce([alice, bob])
  return { sink, alice, bob }
}

const rotate = async (worker: LoneWorker) =>
  KeysRotated.parse(await worker.admin('POST', '/admin/rotate-keys', {}))

const shake = (caller: LoneWorker, peer: LoneWorker) =>
  caller.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: peer.manifestUrl })

describe('a rotation of keys', () => {
  it('publishes a new AID at once, and refuses what the old key signed as another issuer’s', async () => {
    const { sink, alice, bob } = await pair()
    await shake(alice, bob)
    const write = () =>
      alice.admin('POST', '/admin/invoke', {
        peer_aid: bob.worker.aid,
        capability: 'write.content',
        payload: 'x',
      })
    // Known to the cache of verified tokens, which must not outlive the key.
    expect(await write()).toHaveProperty('article')
    const rotated = await rotate(bob)
    expect(rotated).toEqual({ aid: expect.anything(), old_aid: bob.worker.aid, manifest_replaced: true })
    expect(rotated.aid).not.toBe(bob.worker.aid)
    const { manifest } = JSON.parse(await (await fetch(bob.manifestUrl)).text())
    expect(manifest.aid).toBe(rotated.aid)
    expect(await write()).toMatchObject({
      status_code: 403,
      body: { error: { code: 'TCT_SIGNATURE_INVALID' } },
    })
    expect(eventsOf(sink, 'identity.key.rotated')).toEqual([
      { type: 'identity.key.rotated', old_aid: bob.worker.aid, new_aid: rotated.aid },
    ])
  })

  it('leaves peers with a pin that no longer fits, until the host tells them', async () => {
    const { alice, bob } = await pair()
    const { aid } = await rotate(bob)
    await expect(shake(alice, bob)).rejects.toMatchObject({ check: 'manifest.expected_aid' })
    await introduce([alice, bob], new Map([[bob, aid]]))
    expect(await shake(alice, bob)).toMatchObject({ peer_aid: aid })
  })

  it('is in force everywhere: handshake, delegation, renewal, bundle (B-44)', async () => {
    const { alice, bob } = await pair()
    const { aid } = await rotate(alice)
    await introduce([alice, bob], new Map([[alice, aid]]))
    await shake(alice, bob)
    await shake(bob, alice)
    const held = (holder: LoneWorker, issuer: string) =>
      holder.admin('GET', `/admin/held-tct?peer_aid=${encodeURIComponent(issuer)}`)
    expect(await held(alice, bob.worker.aid)).toMatchObject({ aid })
    expect(await alice.admin('POST', '/admin/renew-tct', { peer_aid: bob.worker.aid })).toMatchObject({
      subject: aid,
    })
    const delegated = await alice.admin('POST', '/admin/delegate', {
      peer_aid: bob.worker.aid,
      delegatee_manifest_url: bob.manifestUrl,
      scope: ['write.content'],
    })
    expect(claimsOf(delegated, 'delegation_token')).toMatchObject({ iss: aid })
    const ofBob = await held(bob, aid)
    const bundle = await alice.admin('POST', '/admin/export-session-bundle', {
      participant_tcts: [{ aid: bob.worker.aid, tct_token: Object(ofBob).tct_token }],
    })
    expect(JSON.parse(Object(bundle).bundle_envelope)).toMatchObject({ session_bundle: { coordinator: aid } })
  })

  it('ends what was begun: a commit after it finds no handshake', async () => {
    const sink = await startTelemetrySink()
    const bob = await startLoneWorker('writer', sink)
    const stranger = createStranger()
    const peer = {
      agent_id: 'stranger',
      aid: stranger.key.aid,
      manifest_url: 'https://stranger.example/',
      did: null,
    }
    await bob.admin('PUT', '/admin/peers', { peers: [peer] })
    const begun = await stranger.sayHello(bob)
    expect(begun.answer.status).toBe(200)
    await rotate(bob)
    expect((await stranger.commit(bob, begun)).status).toBe(400)
    expect(eventsOf(sink, 'handshake.failed')).toMatchObject([
      { code: 'INVALID_ENVELOPE', check: 'commit.session' },
    ])
    expect((await stranger.commit(bob, await stranger.sayHello(bob))).status).toBe(200)
  })

  it('leaves a token that was issued to the old key to those who take bearers, and can prove nothing with it', async () => {
    const { alice, bob } = await pair()
    await shake(alice, bob)
    await rotate(alice)
    for (const [path, body] of [
      ['/admin/renew-tct', { peer_aid: bob.worker.aid }],
      [
        '/admin/delegate',
        { peer_aid: bob.worker.aid, delegatee_manifest_url: bob.manifestUrl, scope: ['write.content'] },
      ],
    ] as const)
      await expect(alice.admin('POST', path, body)).rejects.toMatchObject({
        status: 412,
        code: 'no_held_tct',
      })
  })

  it('keeps the suite and the OIDC identity', async () => {
    const issuer = mintMockIssuer()
    const { alice, bob } = await pair(
      { oidc: issuer.bootstrapFor('pinned_key') },
      { aitp: { signing_suite: 'p256', identity_type: 'oidc' }, oidc: issuer.bootstrapFor('oidc') },
    )
    const { aid } = await rotate(alice)
    expect(aid).toMatch(/^aid:pubkey:p256:/)
    await introduce([alice, bob], new Map([[alice, aid]]))
    expect(await shake(alice, bob)).toHaveProperty('jti')
  })
})

function claimsOf(answer: unknown, member: string): unknown {
  const [, payload = ''] = String(Object(answer)[member]).split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}
