import { expect } from 'vitest'
import type { EventOf } from '../../../src/shared/events.ts'
import type { RunRecord } from '../../../src/shared/run.ts'
import { eventsOf } from '../../support/run-scenario.ts'
import {
  type Block,
  cacheStats,
  delegate,
  everybody,
  exportBundle,
  faultOnManifest,
  faultOnProbe,
  handshake,
  heldProbeDenied,
  noTokenProbe,
  peer,
  redeem,
  renew,
  revoke,
  revokeViaCp,
  rotate,
  said,
  self,
  spki,
  verifyBundle,
} from './blocks.ts'

/** One scenario of the catalogue, or one of its templates, and what a run of it comes to without a Control Plane. */
export interface Entry {
  readonly ref: string
  readonly template?: string
  /** The defect of the original, by its number, that the scenario shows to be mended. */
  readonly defect?: string
  /** What comes before the first agent is started. */
  readonly before?: Block
  /** From the addresses of the peers to the end. */
  readonly story: readonly Block[]
  /** What the log and the outputs say beyond the order of the events; throws where they say something else. */
  readonly facts: (record: RunRecord) => void
}

const revoked = 'TCT_REVOKED tct.revocation'
const outdated = 'TCT_SIGNATURE_INVALID tct.signature'
const refused = { status_code: 403, rejected: true, matched: true }
const article = { article: expect.any(String), agent: 'writer', stub: true }
const findings = { findings: expect.any(String), stub: true }

/** Who was granted what in each handshake, in order. */
function grantsOf(record: RunRecord): string[] {
  return eventsOf(record, 'trust.established').map(
    ({ initiator, target, grants }) => `${initiator} → ${target}: ${grants.join(' ')}`,
  )
}

/** The ids of the tokens that the gates judged, in order. */
function judged(record: RunRecord): (string | undefined)[] {
  return eventsOf(record, 'gate.decided').map(({ stages }) => {
    const { ids } = stages.find(({ stage }) => stage === 'trust') ?? {}
    return ids?.['jti']
  })
}

function sourcesOf(record: RunRecord): Record<string, string> | undefined {
  return eventsOf(record, 'trust.peers_resolved')[0]?.sources
}

/** The first event of a type; a test that asks for one that is not there fails. */
function only<Type extends Parameters<typeof eventsOf>[1]>(record: RunRecord, type: Type): EventOf<Type> {
  const [event] = eventsOf(record, type) as EventOf<Type>[]
  if (!event) throw new Error(`there is no ${type}`)
  return event
}

/** A token that its issuer revoked is refused at its next use, by the issuer's own list. */
function revokedLocally(record: RunRecord, steps: { revoke: string; denied: string }): void {
  const { revoked_jti } = record.outputs[steps.revoke] as { revoked_jti: string }
  expect(only(record, 'tct.revoked').jti).toBe(revoked_jti)
  expect(record.outputs[steps.denied]).toMatchObject({
    ...refused,
    body: { error: { message: expect.stringContaining('local') } },
  })
  const { stages } = eventsOf(record, 'gate.decided').at(-1) ?? { stages: [] }
  expect(stages.find(({ stage }) => stage === 'revocation')).toMatchObject({
    decision: 'refused',
    ids: { jti: revoked_jti, source: 'local' },
  })
}

/** The delegation in the outputs, the token made of it, and what was presented at the end, hang together. */
function descends(record: RunRecord, steps: { from: string; delegation: string; redemption: string }): void {
  const outputs = record.outputs as Record<string, Record<string, unknown>>
  const { from, delegation, redemption } = steps
  expect(outputs[delegation]).toMatchObject({
    parent_jti: outputs[from]?.['jti'],
    scope: ['write.content'],
    delegation_token: { claims: { scope: ['write.content'] } },
  })
  expect(outputs[redemption]).toMatchObject({
    ok: true,
    peer_port: expect.any(Number),
    grants: ['write.content'],
  })
  const issued = eventsOf(record, 'delegation.redeemed').filter(
    ({ jti }) => jti === outputs[redemption]?.['jti'],
  )
  expect(issued.map(({ role, parent_jti }) => [role, parent_jti])).toEqual([
    ['issuer', outputs[delegation]?.['jti']],
    ['delegatee', outputs[delegation]?.['jti']],
  ])
}

function presented(record: RunRecord, step: string): void {
  const { jti } = record.outputs[step] as { jti: string }
  expect(judged(record)).toContain(jti)
}

export const bilateral: readonly Entry[] = [
  {
    ref: 'intra-org/research-and-write@1.0.0',
    defect: 'B-73',
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      expect(grantsOf(record)).toEqual([
        'researcher → writer: write.content',
        'writer → researcher: research.query',
      ])
      expect(record.outputs).toMatchObject({ research: { ...findings, agent: 'researcher' }, write: article })
      expect(judged(record)).toEqual([eventsOf(record, 'trust.established')[0]?.jti])
    },
  },
  {
    ref: 'intra-org/research-and-write@1.0.0',
    template: 'trust-strict',
    story: [
      noTokenProbe('probe_no_tct', 'writer'),
      handshake('trust', 'researcher', 'writer'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      expect(record.outputs).toMatchObject({ probe_no_tct: refused, write: article })
      presented(record, 'trust')
    },
  },
  {
    ref: 'intra-org/research-and-write@1.0.0',
    template: 'revoking',
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      self('research', 'researcher'),
      peer('write', 'writer'),
      revoke('revoke', 'writer'),
      heldProbeDenied('probe_after_revoke', 'writer', revoked),
    ],
    facts(record) {
      // Of the two tokens it is the one that the audience's own handshake brought.
      expect(record.outputs['revoke']).toEqual({ revoked_jti: eventsOf(record, 'trust.established')[0]?.jti })
      revokedLocally(record, { revoke: 'revoke', denied: 'probe_after_revoke' })
    },
  },
  {
    ref: 'intra-org/trust-gate@1.0.0',
    story: [
      noTokenProbe('probe_no_tct', 'writer'),
      handshake('establish_trust', 'caller', 'writer'),
      self('research', 'caller'),
      peer('write_with_trust', 'writer'),
    ],
    facts(record) {
      expect(record.outputs).toMatchObject({
        probe_no_tct: refused,
        establish_trust: { trust: 'established' },
        write_with_trust: article,
      })
      expect(record.outputs['write_with_trust']).not.toHaveProperty('error')
      presented(record, 'establish_trust')
    },
  },
  {
    ref: 'intra-org/scoped-capabilities@1.0.0',
    story: [
      handshake('scoped_handshake', 'writer', 'researcher'),
      heldProbeDenied('probe_out_of_scope', 'researcher', 'POLICY_VIOLATION tct.required_grant'),
      peer('in_scope_call', 'researcher'),
    ],
    facts(record) {
      expect(grantsOf(record)).toEqual(['writer → researcher: research.query'])
      expect(record.outputs).toMatchObject({ probe_out_of_scope: refused, in_scope_call: findings })
    },
  },
  {
    ref: 'intra-org/revocation-demo@1.0.0',
    story: [
      handshake('handshake', 'writer', 'researcher'),
      peer('first_call', 'researcher'),
      revoke('revoke', 'researcher'),
      heldProbeDenied('blocked_call', 'researcher', revoked),
    ],
    facts(record) {
      expect(record.outputs['first_call']).toMatchObject(findings)
      revokedLocally(record, { revoke: 'revoke', denied: 'blocked_call' })
    },
  },
  {
    ref: 'intra-org/revocation-via-cp@1.0.0',
    story: [
      handshake('handshake', 'writer', 'researcher'),
      peer('first_call', 'researcher'),
      revokeViaCp('revoke', 'researcher'),
      heldProbeDenied('blocked_call', 'researcher', revoked),
    ],
    facts(record) {
      expect(record.outputs['revoke']).toMatchObject({ published_to_cp: false, audience_revoked_count: 0 })
      expect(only(record, 'revocation.published').result).toEqual({
        to_cp: false,
        reason: 'compromised-token',
      })
      revokedLocally(record, { revoke: 'revoke', denied: 'blocked_call' })
    },
  },
  {
    ref: 'intra-org/key-rotation@1.0.0',
    defect: 'B-78',
    story: [
      handshake('handshake', 'researcher', 'writer'),
      peer('first_write', 'writer'),
      rotate('writer_rotates', 'writer'),
      heldProbeDenied('stale_write', 'writer', outdated),
      handshake('trust_again', 'researcher', 'writer'),
      peer('second_write', 'writer'),
    ],
    facts(record) {
      const { old_aid, new_aid } = record.outputs['writer_rotates'] as Record<string, string>
      expect(new_aid).not.toBe(old_aid)
      expect(record.agents.find(({ agent_id }) => agent_id === 'writer')?.aid).toBe(new_aid)
      expect(record.outputs['stale_write']).toMatchObject(refused)
      presented(record, 'handshake')
      presented(record, 'trust_again')
    },
  },
  {
    ref: 'intra-org/fault-injection@1.0.0',
    story: [
      handshake('handshake_ok', 'researcher', 'writer'),
      faultOnManifest('handshake_manifest_404', 'writer', 'researcher'),
      faultOnProbe('call_peer_offline'),
    ],
    facts(record) {
      expect(record.outputs).toMatchObject({
        handshake_manifest_404: {
          fault_injected: true,
          kind: 'manifest_404',
          error: expect.stringMatching(/./),
        },
        call_peer_offline: {
          fault_injected: true,
          kind: 'peer_offline',
          stage: 'transport',
          refused_by: null,
        },
      })
    },
  },
  {
    ref: 'intra-org/tct-cache-perf@1.0.0',
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      peer('write-1', 'writer'),
      peer('write-2', 'writer'),
      peer('write-3', 'writer'),
      cacheStats('cache-stats'),
    ],
    facts(record) {
      expect(record.outputs['cache-stats']).toEqual({ enabled: true, hits: 2, misses: 1, size: 1 })
      expect(new Set(judged(record)).size).toBe(1)
    },
  },
  {
    ref: 'intra-org/oidc-identity@1.0.0',
    before: ['oidc.issuer_minted'],
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      expect(only(record, 'oidc.issuer_minted').result.issuer_url).toBe('https://idp.aitp-playground.local/')
      expect(record.agents.map(({ signing_suite }) => signing_suite)).toEqual(['ed25519', 'ed25519'])
      expect(record.outputs['write']).toMatchObject(article)
    },
  },
  {
    ref: 'intra-org/oidc-identity@1.0.0',
    template: 'p256-suite',
    before: ['oidc.issuer_minted'],
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      expect(record.agents.map(({ aid }) => aid?.startsWith('aid:pubkey:p256:'))).toEqual([true, false])
      expect(record.outputs['write']).toMatchObject(article)
    },
  },
  {
    ref: 'intra-org/tct-renewal@1.0.0',
    defect: 'B-74',
    story: [
      everybody('researcher', 'writer'),
      said('trust'),
      self('research_first', 'researcher'),
      peer('write_before', 'writer'),
      renew('renew', 'researcher', 'writer'),
      self('research_after_renewal', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      const renewed = only(record, 'tct.renewed')
      const [before] = eventsOf(record, 'trust.established')
      expect(renewed.jti).not.toBe(before?.jti)
      expect(judged(record)).toEqual([before?.jti, renewed.jti])
    },
  },
  {
    ref: 'cross-org/federated-analysis@1.0.0',
    story: [
      everybody('researcher', 'analyzer'),
      said('discover', 'trust'),
      self('research', 'researcher'),
      peer('analyze', 'analyzer', 2),
    ],
    facts(record) {
      // Only who belongs to another organisation is looked up.
      expect(sourcesOf(record)).toEqual({ researcher: 'static', analyzer: 'static_fallback' })
      expect(record.outputs['analyze']).toMatchObject({ summary: expect.any(String), agent: 'analyzer' })
    },
  },
]

export const inCompany: readonly Entry[] = [
  {
    ref: 'intra-org/research-and-write@1.1.0',
    story: [
      everybody('researcher', 'writer', 'analyst'),
      said('trust'),
      self('research', 'researcher'),
      peer('write', 'writer'),
      peer('analyse', 'analyst', 2),
    ],
    facts(record) {
      expect(grantsOf(record)).toHaveLength(6)
      expect(record.outputs).toMatchObject({
        write: article,
        analyse: { summary: expect.any(String), risks: expect.any(String), agent: 'analyst' },
      })
    },
  },
  {
    ref: 'intra-org/delegation-chain@1.0.0',
    story: [
      handshake('trust_researcher_writer', 'researcher', 'writer'),
      delegate('delegate', 'researcher'),
      redeem('redeem', 'sub-researcher', 'writer'),
      self('sub_research', 'sub-researcher'),
      peer('sub_write', 'writer'),
    ],
    facts(record) {
      descends(record, { from: 'trust_researcher_writer', delegation: 'delegate', redemption: 'redeem' })
      presented(record, 'redeem')
      expect(record.outputs['sub_write']).toMatchObject(article)
    },
  },
  {
    ref: 'intra-org/delegation-multihop@1.0.0',
    story: [
      handshake('trust_researcher_writer', 'researcher', 'writer'),
      delegate('delegate_to_sub', 'researcher'),
      redeem('redeem_sub', 'sub-researcher', 'writer'),
      delegate('delegate_to_analyst', 'sub-researcher'),
      redeem('redeem_analyst', 'analyst', 'writer'),
      peer('analyst_writes', 'writer'),
    ],
    facts(record) {
      descends(record, {
        from: 'trust_researcher_writer',
        delegation: 'delegate_to_sub',
        redemption: 'redeem_sub',
      })
      descends(record, {
        from: 'redeem_sub',
        delegation: 'delegate_to_analyst',
        redemption: 'redeem_analyst',
      })
      presented(record, 'redeem_analyst')
    },
  },
  {
    ref: 'intra-org/delegation-multihop@1.1.0',
    defect: 'B-14',
    story: [
      handshake('trust_researcher_writer', 'researcher', 'writer'),
      delegate('delegate_to_sub', 'researcher'),
      delegate('delegate_to_analyst', 'sub-researcher'),
      redeem('redeem_analyst', 'analyst', 'writer'),
      peer('analyst_writes', 'writer'),
    ],
    facts(record) {
      descends(record, {
        from: 'delegate_to_sub',
        delegation: 'delegate_to_analyst',
        redemption: 'redeem_analyst',
      })
      expect(record.outputs['delegate_to_analyst']).toMatchObject({
        delegation_token: { claims: { chain_hash: expect.any(String) } },
      })
      presented(record, 'redeem_analyst')
    },
  },
  {
    ref: 'intra-org/cp-delegation-tree@1.0.0',
    story: [
      handshake('trust_researcher_writer', 'researcher', 'writer'),
      delegate('delegate', 'researcher'),
      redeem('redeem', 'sub-researcher', 'writer'),
      said('delegation_tree'),
    ],
    facts(record) {
      descends(record, { from: 'trust_researcher_writer', delegation: 'delegate', redemption: 'redeem' })
      expect(record.outputs['delegation_tree']).toEqual({ delegations: [], skipped: 'no cp' })
    },
  },
  {
    ref: 'intra-org/session-bundle@1.0.0',
    story: [
      everybody('researcher', 'writer', 'analyzer'),
      said('trust'),
      exportBundle('export', 'researcher'),
      verifyBundle('verify', 'writer'),
    ],
    facts(record) {
      const members = ['writer', 'analyzer'].map(
        (id) => record.agents.find(({ agent_id }) => agent_id === id)?.aid,
      )
      const { participant_aids } = record.outputs['export'] as { participant_aids: string[] }
      expect(participant_aids.toSorted()).toEqual(members.toSorted())
      expect(record.outputs['verify']).toEqual({
        kind: 'clear',
        active_aids: participant_aids,
        dropped_aids: [],
      })
    },
  },
  {
    ref: 'cross-cloud/distributed-review@1.0.0',
    defect: 'B-47',
    story: [
      everybody('author', 'reviewer', 'approver'),
      said('discover', 'trust'),
      self('draft', 'author'),
      peer('review', 'reviewer'),
      peer('approve', 'approver', 2),
    ],
    facts(record) {
      expect(sourcesOf(record)).toEqual({ author: 'static', reviewer: 'did_web', approver: 'did_web' })
      expect(record.outputs['approve']).toMatchObject({
        summary: expect.any(String),
        risks: expect.any(String),
      })
    },
  },
  {
    ref: 'intra-org/external-enrollment@1.0.0',
    story: [said('self_enroll')],
    facts(record) {
      expect(record.outputs).toEqual({ self_enroll: { enrolled: false, skipped: 'no cp' } })
    },
  },
  {
    ref: 'intra-org/webhook-subscription@1.0.0',
    story: [
      said('subscribe'),
      handshake('handshake', 'researcher', 'writer'),
      self('research', 'researcher'),
      peer('write', 'writer'),
    ],
    facts(record) {
      expect(record.outputs['subscribe']).toEqual({ subscribed: false, skipped: 'no cp' })
      presented(record, 'handshake')
    },
  },
  {
    ref: 'intra-org/cp-trust-anchor-provisioning@1.0.0',
    story: [everybody('researcher', 'writer'), said('provision', 'trust'), peer('write', 'writer')],
    facts(record) {
      expect(record.outputs['provision']).toEqual({ provisioned: false, skipped: 'no cp' })
      expect(record.outputs['write']).toMatchObject(article)
    },
  },
  {
    ref: 'intra-org/spki-pinning@1.0.0',
    story: [spki('pin_matches'), spki('pin_mismatch')],
    facts(record) {
      const [matches, mismatch] = eventsOf(record, 'spki.pin.checked').map(({ result }) => result)
      expect([matches?.is_pinned, mismatch?.is_pinned]).toEqual([true, false])
      expect(mismatch?.computed_hash_b64).toBe(matches?.computed_hash_b64)
    },
  },
]

export const catalogue: readonly Entry[] = [...bilateral, ...inCompany]

/** As a test is called that holds a run against the entry. */
export function titleOf(entry: Entry): string {
  return entry.defect === undefined ? nameOf(entry) : `${nameOf(entry)} (${entry.defect})`
}

export function nameOf({ ref, template }: Pick<Entry, 'ref' | 'template'>): string {
  return template === undefined ? ref : `${ref} as ${template}`
}
