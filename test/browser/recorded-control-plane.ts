import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compareProjections } from '../../src/main/control-plane/lens/compare.ts'
import { localTruth } from '../../src/main/control-plane/lens/local-truth.ts'
import { type CallOutput, contract } from '../../src/shared/contract.ts'
import type { ProjectionRow, Projections, SentBatch } from '../../src/shared/projections.ts'
import type { Recording } from './recorded-run.ts'

/** What `GET /cp/…` answers, by the last part of its path. */
export interface ControlPlaneAnswers {
  status: CallOutput<'controlPlaneStatus'>
  registry: CallOutput<'controlPlaneRegistry'>
  sessions: CallOutput<'controlPlaneSessions'>
  webhooks: CallOutput<'controlPlaneWebhooks'>
  audit: CallOutput<'controlPlaneAudit'>
  'revocation-list': CallOutput<'controlPlaneRevocations'>
  tcts: CallOutput<'cpTcts'>
  delegations: CallOutput<'cpDelegations'>
  'trust-anchors': CallOutput<'cpTrustAnchors'>
  'pinned-keys': CallOutput<'cpPinnedKeys'>
}

const noRecords = { reachable: false, records: [] }
const noItems = { cp_enabled: false, items: [], count: 0 }

export const off: ControlPlaneAnswers = {
  status: { choice: 'off', base_url: null, reachable: false, aid: null, pinned_aid: null },
  registry: noRecords,
  sessions: noRecords,
  webhooks: noRecords,
  audit: noRecords,
  'revocation-list': {
    reachable: false,
    entries: [],
    issuer: null,
    published_at: null,
    expires_at: null,
    report: null,
  },
  tcts: noItems,
  delegations: noItems,
  'trust-anchors': noItems,
  'pinned-keys': noItems,
}

/** The Control Plane inside a console after seven runs, with a webhook whose receiver refuses everything. */
export const embedded: ControlPlaneAnswers = {
  status: contract.controlPlaneStatus.output.parse(read('status')),
  registry: contract.controlPlaneRegistry.output.parse(read('registry')),
  sessions: contract.controlPlaneSessions.output.parse(read('sessions')),
  webhooks: contract.controlPlaneWebhooks.output.parse(read('webhooks')),
  audit: contract.controlPlaneAudit.output.parse(read('audit')),
  'revocation-list': contract.controlPlaneRevocations.output.parse(read('revocation-list')),
  tcts: contract.cpTcts.output.parse(read('tcts')),
  delegations: contract.cpDelegations.output.parse(read('delegations')),
  'trust-anchors': contract.cpTrustAnchors.output.parse(read('trust-anchors')),
  'pinned-keys': contract.cpPinnedKeys.output.parse(read('pinned-keys')),
}

/** The same with everything that a busy one has besides: other states, a second hop, and an attempt that was refused. */
export const busyControlPlane: ControlPlaneAnswers = changed(embedded, (answers) => {
  const [agent] = answers.registry.records
  const [session] = answers.sessions.records
  const [first] = answers.delegations.items
  const receiver = answers.webhooks.records.find(({ deliveries }) => !isEmpty(deliveries))
  if (!receiver || !Array.isArray(receiver['deliveries'])) throw new TypeError('nothing was delivered')
  answers.registry.records.push(
    { ...agent, aid: `${agent?.['aid']}-2`, displayName: 'Content Writer', status: 'expired' },
    { ...agent, aid: `${agent?.['aid']}-3`, displayName: 'Reviewer', status: 'deregistered' },
  )
  answers.sessions.records.push({ ...session, sessionId: 'failed', status: 'failed' })
  answers.delegations.items.unshift({ ...first, jti: 'second-hop', parentJti: first?.['jti'], revoked: true })
  receiver['deliveries'].push({
    ...receiver['deliveries'][0],
    id: 'attempted',
    status: 'failed',
    attempts: 5,
    statusCode: 404,
    error: 'HTTP 404',
  })
})

/** The same while nobody answers there. */
export const away: ControlPlaneAnswers = {
  ...off,
  status: { ...embedded.status, reachable: false, aid: null },
}

/** The same after nothing happened. */
export const fresh: ControlPlaneAnswers = {
  ...off,
  status: embedded.status,
  registry: { reachable: true, records: [] },
  sessions: { reachable: true, records: [] },
  webhooks: { reachable: true, records: [] },
  audit: { reachable: true, records: [] },
  'revocation-list': { ...embedded['revocation-list'], entries: [] },
  tcts: { cp_enabled: true, items: [], count: 0 },
  delegations: { cp_enabled: true, items: [], count: 0 },
  'trust-anchors': { cp_enabled: true, items: [], count: 0 },
  'pinned-keys': { cp_enabled: true, items: [], count: 0 },
}

export const notReported: Omit<Projections, 'run_id'> = {
  cp_enabled: false,
  reachable: false,
  cp: 'off',
  event_count: 0,
  taken_count: 0,
  batches: [],
  rows: [],
}

/** What a Control Plane may have made of one thing that happened; `null`: nothing. */
export type ShownAs = (fact: Readonly<Pick<ProjectionRow, 'kind' | 'id'>>, index: number) => object | null

/** A recording held against a Control Plane that shows each thing as it happened, but for what `shownAs` says. */
export function projectionsOf(
  { run }: Recording,
  shownAs: ShownAs = () => ({}),
  batches: readonly SentBatch[] = inTwoBatches(run.events.length, run.created_at),
): Projections {
  const shown = {
    session: new Map<string, Record<string, unknown>>(),
    tct: new Map<string, Record<string, unknown>>(),
    delegation: new Map<string, Record<string, unknown>>(),
    revocation: new Map<string, Record<string, unknown>>(),
    webhook: new Map<string, Record<string, unknown>>(),
  }
  const facts = localTruth(run.events)
  for (const [index, fact] of facts.entries()) {
    const changes = shownAs(fact, index)
    if (changes !== null) shown[fact.kind].set(fact.id, { ...fact.local, ...changes })
  }
  const taken = batches.filter(({ status }) => status !== null && status < 300)
  return {
    run_id: run.run_id,
    cp_enabled: true,
    reachable: true,
    cp: 'embedded',
    event_count: run.events.length,
    taken_count: run.events.filter(({ seq }) =>
      taken.some(({ first_seq, last_seq }) => first_seq <= seq && seq <= last_seq),
    ).length,
    batches: [...batches],
    rows: compareProjections(facts, batches, shown),
  }
}

/** All taken. */
export function inTwoBatches(events: number, startedAt: number): readonly SentBatch[] {
  return [
    { first_seq: 1, last_seq: 6, sent_at: startedAt + 0.4, status: 200, error: null },
    { first_seq: 7, last_seq: events, sent_at: startedAt + 1.1, status: 200, error: null },
  ]
}

/** The answers with something in them otherwise; a copy. */
export function changed(answers: ControlPlaneAnswers, change: (copy: ControlPlaneAnswers) => void) {
  const copy = structuredClone(answers)
  change(copy)
  return copy
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function read(name: string): unknown {
  const file = fileURLToPath(new URL(`../fixtures/recorded-control-plane/${name}.json`, import.meta.url))
  return JSON.parse(readFileSync(file, 'utf8'))
}
