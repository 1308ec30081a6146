import { afterAll, describe, expect, it } from 'vitest'
import { type ControlPlaneStandIn, configured, openControlPlane } from '../../support/control-plane.ts'
import { sharedHost } from '../../support/host.ts'
import { eventsOf } from '../../support/run-scenario.ts'
import {
  delegate,
  enroll,
  everybody,
  handshake,
  heldProbeDenied,
  peer,
  redeem,
  revokeViaCp,
  said,
  self,
} from './blocks.ts'
import { type Entry, nameOf } from './catalogue.ts'
import { expectEntry, runEntry } from './run-entry.ts'

let controlPlane: ControlPlaneStandIn | undefined
const shared = sharedHost(async () => {
  controlPlane = await openControlPlane()
  return configured(controlPlane)
})
afterAll(() => controlPlane?.stop())

const asked = () => (controlPlane?.requests ?? []).map(({ method, path }) => `${method} ${path}`)

/** The scenarios that come to something else with a Control Plane. */
const entries: readonly Entry[] = [
  {
    ref: 'intra-org/revocation-via-cp@1.0.0',
    story: [
      handshake('handshake', 'writer', 'researcher'),
      peer('first_call', 'researcher'),
      revokeViaCp('revoke', 'researcher', 'writer'),
      heldProbeDenied('blocked_call', 'researcher', 'TCT_REVOKED tct.revocation'),
    ],
    facts(record) {
      expect(record.outputs['revoke']).toMatchObject({ published_to_cp: true })
      const { audience_revoked_count } = record.outputs['revoke'] as { audience_revoked_count: number }
      expect(audience_revoked_count).toBeGreaterThanOrEqual(1)
      expect(eventsOf(record, 'revocation.published')).toMatchObject([{ result: { to_cp: true } }])
    },
  },
  {
    ref: 'intra-org/external-enrollment@1.0.0',
    story: [enroll('self_enroll', 'researcher')],
    facts(record) {
      const { aid } = record.agents[0] ?? {}
      expect(record.outputs['self_enroll']).toMatchObject({
        enrolled: true,
        aid,
        registered_at: expect.anything(),
        token_expires_in: expect.any(Number),
      })
      expect([...(controlPlane?.registered.keys() ?? [])]).toContain(aid)
    },
  },
  {
    ref: 'intra-org/webhook-subscription@1.0.0',
    story: [
      ['cp.webhook.subscribed subscribe', 'step.complete subscribe'],
      handshake('handshake', 'researcher', 'writer'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      const { webhook_id } = record.outputs['subscribe'] as { webhook_id: string }
      expect(record.outputs['subscribe']).toMatchObject({ subscribed: true, events: [] })
      expect(asked()).toContain('POST /api/webhooks')
      expect(JSON.stringify(record)).not.toContain('"secret"')
      expect(webhook_id).toMatch(/./)
    },
  },
  {
    ref: 'intra-org/cp-delegation-tree@1.0.0',
    story: [
      handshake('trust_researcher_writer', 'researcher', 'writer'),
      delegate('delegate', 'researcher'),
      redeem('redeem', 'sub-researcher', 'writer'),
      ['cp.delegation.tree delegation_tree', 'step.complete delegation_tree'],
    ],
    facts(record) {
      const { jti } = record.outputs['delegate'] as { jti: string }
      expect(record.outputs['delegation_tree']).toMatchObject({
        delegator: record.agents.find(({ agent_id }) => agent_id === 'researcher')?.aid,
        delegations: [{ jti, scope: ['write.content'] }],
        count: 1,
      })
    },
  },
  {
    ref: 'intra-org/cp-trust-anchor-provisioning@1.0.0',
    story: [
      everybody('researcher', 'writer'),
      ['cp.trust_anchor.provisioned provision', 'step.complete provision'],
      said('trust'),
      peer('write', 'writer'),
    ],
    facts(record) {
      const writer = record.agents.find(({ agent_id }) => agent_id === 'writer')
      expect(record.outputs['provision']).toMatchObject({
        provisioned: true,
        namespace: 'intra-org',
        pinned_key: { aid: writer?.aid, pubkey: writer?.aid?.replace('aid:pubkey:', '') },
        trust_anchor: { issuerUrl: 'https://issuer.demo.local' },
        pinned_key_count: 1,
        trust_anchor_count: 1,
      })
    },
  },
]

describe('with a Control Plane', () => {
  it.each(entries.map((entry) => [nameOf(entry), entry] as const))('%s', async (_name, entry) => {
    const record = await runEntry(shared().client, entry)
    // Beside the story, each agent fetches a list before it is ready.
    const withoutLists = record.events.filter(
      (event, index) =>
        event.type !== 'revocation.list_fetched' ||
        index > record.events.findIndex(({ type }) => type === 'trust.peers_resolved'),
    )
    expect(record.events.length - withoutLists.length).toBe(record.agents.length)
    expectEntry({ ...record, events: withoutLists }, entry)
  })
})
