import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunRecord } from '../../src/shared/run.ts'
import { sharedHost } from '../support/host.ts'
import { eventsOf, runToEnd } from '../support/run-scenario.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))
let record: RunRecord
let runId = ''

beforeAll(async () => {
  record = await runToEnd(shared().client, { scenario_ref: 'intra-org/cp-delegation-tree@1.0.0' })
  runId = record.run_id
  const { client } = shared()
  // The last events leave when the run has ended.
  await vi.waitFor(async () => {
    const { count } = await client.call('runCpAudit', { run_id: runId, type: 'run.complete' })
    expect(count).toBe(1)
  })
})

describe('what the Control Plane of a run makes of it', () => {
  it('is its events, each type named once', async () => {
    const audit = await shared().client.call('runCpAudit', { run_id: runId })
    const stored = [...new Set(record.events.map(({ type }) => type))].sort()
    expect(audit).toMatchObject({ run_id: runId, cp_enabled: true, event_types: stored })
    expect(audit.count).toBe(audit.events.length)
    const one = await shared().client.call('runCpAudit', { run_id: runId, type: 'run.started', limit: 5 })
    expect(one).toMatchObject({ count: 1, event_types: ['run.started'], events: [{ type: 'run.started' }] })
  })

  it('is its sessions, with their grants, and their replay', async () => {
    const found = await shared().client.call('runCpSessions', { run_id: runId })
    const ids = new Set(eventsOf(record, 'handshake.complete').map(({ session_id }) => session_id))
    expect(found).toMatchObject({ run_id: runId, cp_enabled: true, count: ids.size })
    expect(new Set(found.sessions.map(({ sessionId }) => sessionId))).toEqual(ids)
    for (const session of found.sessions) expect(session['grants']).toEqual(expect.any(Array))
    const [session_id = ''] = ids
    const replay = await shared().client.call('cpReplay', { session_id })
    expect(replay.cp_enabled).toBe(true)
    expect(replay.items.map(({ type }) => type)).toContain('handshake.complete')
    const others = await shared().client.call('runCpSessions', { run_id: runId, status: 'failed' })
    expect(others.count).toBe(0)
  })

  it('is its delegations, by who made them and below one of them', async () => {
    const { client } = shared()
    const [issued] = eventsOf(record, 'delegation.issued')
    const all = await client.call('cpDelegations', {})
    const [row] = all.items
    expect(all).toMatchObject({ cp_enabled: true, count: 1, items: [{ jti: issued?.jti }] })
    const delegator = String(row?.['delegator'])
    expect((await client.call('cpDelegations', { delegator })).count).toBe(1)
    expect((await client.call('cpDelegations', { delegator: 'aid:pubkey:none' })).count).toBe(0)
    expect((await client.call('cpDelegations', { root_jti: String(issued?.jti) })).count).toBe(1)
    expect((await client.call('cpDelegations', { active: 'true' })).count).toBe(1)
  })

  it('is its tokens, by session and by who may use them', async () => {
    const { client } = shared()
    const all = await client.call('cpTcts', {})
    expect(all.count).toBeGreaterThan(0)
    const session_id = String(all.items[0]?.['sessionId'])
    const ofSession = await client.call('cpTcts', { session_id, active: 'true' })
    expect(ofSession.count).toBeGreaterThan(0)
    expect(ofSession.items.every((tct) => tct['sessionId'] === session_id)).toBe(true)
    expect((await client.call('cpTcts', { session_id: '00000000-0000-4000-8000-000000000000' })).count).toBe(
      0,
    )
    expect((await client.call('cpTcts', { subject: 'aid:pubkey:none' })).count).toBe(0)
    expect((await client.call('cpTcts', { limit: 1 })).count).toBe(1)
  })

  it('is an overview in the range that is asked for (B-57)', async () => {
    const { client } = shared()
    const { data } = await client.call('cpDashboard', { window: '7d' })
    expect(data).toMatchObject({ range: '7d' })
    expect((await client.call('cpAgents', {})).cp_enabled).toBe(true)
  })

  it('is its trust anchors and pinned keys, by namespace', async () => {
    const { client } = shared()
    await runToEnd(client, { scenario_ref: 'intra-org/cp-trust-anchor-provisioning@1.0.0' })
    expect((await client.call('cpPinnedKeys', { namespace: 'intra-org' })).count).toBe(1)
    expect((await client.call('cpPinnedKeys', { namespace: 'none' })).count).toBe(0)
    const anchors = await client.call('cpTrustAnchors', { namespace: 'none' })
    expect(anchors).toEqual({ cp_enabled: true, items: [], count: 0 })
  })
})

describe('a run without that Control Plane', () => {
  it('is asked about nowhere, when it was run with none', async () => {
    const { client } = shared()
    const { run_id } = await runToEnd(client, { scenario_ref: 'intra-org/trust-gate@1.0.0', cp: 'off' })
    expect(await client.call('runCpAudit', { run_id })).toMatchObject({ cp_enabled: false, count: 0 })
    expect(await client.call('runCpSessions', { run_id })).toMatchObject({ cp_enabled: false, count: 0 })
  })

  it('is asked about nowhere, when it came from a file: the address in it is somebody else’s word', async () => {
    const { client } = shared()
    const text = await client.call('exportRun', { run_id: runId, exchanges: 'none' })
    const other = '00000000-0000-4000-8000-000000000000'
    await client.call('importRun', { text: text.replaceAll(runId, other) })
    expect(await client.call('runCpAudit', { run_id: other })).toMatchObject({ cp_enabled: false })
  })
})
