import { describe, expect, it } from 'vitest'
import { HeldTct, SessionBundleExported } from '../../src/shared/admin.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import { startControlPlane } from '../support/control-plane.ts'
import {
  eventsOf,
  introduce,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

interface Session {
  readonly sink: TelemetrySink
  readonly coordinator: LoneWorker
  readonly members: readonly [LoneWorker, LoneWorker]
  readonly held: readonly HeldTct[]
}

/** Two agents that hold a token of a third. */
async function session(cp?: BootstrapFile['cp']): Promise<Session> {
  const sink = await startTelemetrySink()
  const [coordinator, writer, analyzer] = await Promise.all([
    startLoneWorker('researcher', sink),
    startLoneWorker('writer', sink, {}, cp ? { cp } : {}),
    startLoneWorker('analyzer', sink),
  ])
  await introduce([coordinator, writer, analyzer])
  const members = [writer, analyzer] as const
  const held: HeldTct[] = []
  for (const member of members) {
    await member.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: coordinator.manifestUrl })
    const path = `/admin/held-tct?peer_aid=${encodeURIComponent(coordinator.worker.aid)}`
    held.push(HeldTct.parse(await member.admin('GET', path)))
  }
  return { sink, coordinator, members, held }
}

const exportBundle = async (coordinator: LoneWorker, held: readonly HeldTct[]) =>
  SessionBundleExported.parse(
    await coordinator.admin('POST', '/admin/export-session-bundle', {
      participant_tcts: held.map(({ aid, tct_token }) => ({ aid, tct_token })),
    }),
  )

const verifyBundle = (verifier: LoneWorker, coordinator: LoneWorker, bundle_envelope: string) =>
  verifier.admin('POST', '/admin/verify-session-bundle', {
    bundle_envelope,
    coordinator_aid: coordinator.worker.aid,
  })

describe('a session bundle', () => {
  it('tells each participant who else is in the session', async () => {
    const { sink, coordinator, members, held } = await session()
    const exported = await exportBundle(coordinator, held)
    const aids = members.map(({ worker }) => worker.aid)
    expect(exported.participant_aids).toEqual(aids)
    expect(exported.expires_at).toBe(Math.min(...held.map(({ expires_at }) => expires_at)))
    for (const member of members) {
      expect(await verifyBundle(member, coordinator, exported.bundle_envelope)).toEqual({
        kind: 'clear',
        active_aids: aids,
        dropped_aids: [],
      })
    }
    expect(eventsOf(sink, 'session.bundle.exported')).toMatchObject([
      { session_id: exported.session_id, participant_count: 2 },
    ])
    expect(eventsOf(sink, 'session.bundle.verified')).toMatchObject([
      { kind: 'clear', active_count: 2 },
      { kind: 'clear', active_count: 2 },
    ])
  })

  it('is degraded without a participant whose token is revoked, and of no use to that one', async () => {
    const { coordinator, members, held } = await session()
    const { bundle_envelope } = await exportBundle(coordinator, held)
    const [writer, analyzer] = members
    for (const member of members) await member.admin('POST', '/admin/revoke-tct', { jti: held[1]?.jti })
    expect(await verifyBundle(writer, coordinator, bundle_envelope)).toEqual({
      kind: 'degraded',
      active_aids: [writer.worker.aid],
      dropped_aids: [analyzer.worker.aid],
    })
    await expect(verifyBundle(analyzer, coordinator, bundle_envelope)).rejects.toMatchObject({
      check: 'bundle.revocation',
    })
  })

  it('is degraded by the list of the Control Plane', async () => {
    const controlPlane = await startControlPlane()
    const cp = { base_url: controlPlane.baseUrl, aid: controlPlane.aid }
    const { coordinator, members, held } = await session(cp)
    const [writer, analyzer] = members
    const { bundle_envelope } = await exportBundle(coordinator, held)
    controlPlane.revoke(held[1]?.jti ?? '')
    await writer.admin('POST', '/admin/refresh-revocations', {})
    expect(await verifyBundle(writer, coordinator, bundle_envelope)).toMatchObject({
      kind: 'degraded',
      dropped_aids: [analyzer.worker.aid],
    })
  })

  it('is not judged by an agent that does not know what is revoked, where somebody set how old a list may be', async () => {
    const controlPlane = await startControlPlane()
    await controlPlane.stop()
    const { coordinator, members, held } = await session({
      base_url: controlPlane.baseUrl,
      aid: controlPlane.aid,
      refuse_stale: true,
    })
    const { bundle_envelope } = await exportBundle(coordinator, held)
    await expect(verifyBundle(members[0], coordinator, bundle_envelope)).rejects.toMatchObject({
      code: 'TCT_REVOKED',
      check: 'bundle.revocation',
    })
    expect(await verifyBundle(members[1], coordinator, bundle_envelope)).toMatchObject({ kind: 'clear' })
  })

  it('says nothing to an agent that is not in it', async () => {
    const { coordinator, members, held } = await session()
    const { bundle_envelope } = await exportBundle(coordinator, held.slice(0, 1))
    await expect(verifyBundle(members[1], coordinator, bundle_envelope)).rejects.toMatchObject({
      code: 'BUNDLE_NOT_MEMBER',
    })
  })

  it('is refused when it was changed, or comes from another than the expected coordinator', async () => {
    const { coordinator, members, held } = await session()
    const { bundle_envelope } = await exportBundle(coordinator, held)
    const [writer, analyzer] = members
    const issuedAt = JSON.parse(bundle_envelope).session_bundle.issued_at
    const changed = bundle_envelope.replace(`"issued_at":${issuedAt}`, `"issued_at":${issuedAt - 1}`)
    await expect(verifyBundle(writer, coordinator, changed)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID_SIGNATURE',
      check: 'bundle.signature',
    })
    await expect(verifyBundle(writer, analyzer, bundle_envelope)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID_SIGNATURE',
      check: 'bundle.coordinator',
    })
  })

  it('is still judged when its coordinator is gone, by the manifest last seen; by an unknown one it is not', async () => {
    const { coordinator, members, held } = await session()
    const { bundle_envelope } = await exportBundle(coordinator, held)
    await coordinator.worker.kill()
    expect(await verifyBundle(members[0], coordinator, bundle_envelope)).toMatchObject({ kind: 'clear' })
    const stranger = await startLoneWorker('researcher', await startTelemetrySink())
    await expect(verifyBundle(members[0], stranger, bundle_envelope)).rejects.toMatchObject({
      code: 'KEY_RESOLUTION_FAILED',
    })
  })

  it('holds only tokens that its coordinator issued and has not revoked', async () => {
    const { coordinator, members, held } = await session()
    const [writer, analyzer] = members
    await expect(exportBundle(writer, held)).rejects.toMatchObject({ code: 'TCT_SIGNATURE_INVALID' })
    await expect(exportBundle(coordinator, [...held, ...held])).rejects.toMatchObject({ status: 422 })
    const swapped = held.map((token) => ({ ...token, aid: analyzer.worker.aid }))
    await expect(exportBundle(coordinator, swapped.slice(0, 1))).rejects.toMatchObject({
      code: 'AUDIENCE_MISMATCH',
    })
    await coordinator.admin('POST', '/admin/revoke-tct', { jti: held[0]?.jti })
    await expect(exportBundle(coordinator, held)).rejects.toMatchObject({ code: 'TCT_REVOKED' })
  })
})
