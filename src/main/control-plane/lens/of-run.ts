import { z } from 'zod'
import { listOf } from '../../../shared/bounded.ts'
import type { Projections, SentBatch } from '../../../shared/projections.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { atMost } from '../../at-most.ts'
import type { ControlPlane } from '../client.ts'
import { recordsOf } from '../screens.ts'
import { compareProjections, type ShownByControlPlane } from './compare.ts'
import { type LocalFact, localTruth } from './local-truth.ts'

const Entries = z.object({
  revocation_list: z.object({ entries: listOf(z.looseObject({ jti: z.string() }), 10_000) }),
})
/** More than any run of ours has of a kind. */
const most = 1_000

/** What happened in a run, what was sent of it, and what the Control Plane shows of it now. */
export async function projectionsOf(
  run: RunRecord,
  batches: readonly SentBatch[],
  controlPlane: ControlPlane | null,
): Promise<Projections> {
  const facts = localTruth(run.events)
  const shown = controlPlane === null ? null : await shownBy(controlPlane, run.run_id, facts)
  const taken = batches.filter(({ status }) => status !== null && status < 300)
  return {
    run_id: run.run_id,
    cp_enabled: controlPlane !== null,
    reachable: shown !== null,
    cp: run.cp,
    event_count: run.events.length,
    taken_count: run.events.filter(({ seq }) =>
      taken.some(({ first_seq, last_seq }) => first_seq <= seq && seq <= last_seq),
    ).length,
    batches: [...batches],
    rows: shown === null ? [] : compareProjections(facts, batches, shown),
  }
}

/** `null` when the Control Plane does not answer. */
async function shownBy(
  controlPlane: ControlPlane,
  runId: string,
  facts: readonly LocalFact[],
): Promise<ShownByControlPlane | null> {
  const sessions = await recordsOf(
    controlPlane,
    `/api/sessions?run_id=${encodeURIComponent(runId)}&limit=${most}`,
    'sessions',
  )
  if (!sessions.reachable) return null
  const issuers = valuesOf(facts, 'tct', 'issuer')
  const delegators = valuesOf(facts, 'delegation', 'delegator')
  const [tcts, delegations, webhooks, list] = await Promise.all([
    gather(controlPlane, '/api/tcts', 'issuer', issuers, 'tcts'),
    gather(controlPlane, '/api/delegations', 'delegator', delegators, 'delegations'),
    recordsOf(controlPlane, '/api/webhooks', 'webhooks'),
    controlPlane.read('/.well-known/aitp-revocation-list'),
  ])
  const entries = Entries.safeParse(list).data?.revocation_list.entries ?? []
  return {
    session: byId(sessions.records, 'sessionId'),
    tct: byId(tcts, 'jti'),
    delegation: byId(delegations, 'jti'),
    revocation: byId(entries, 'jti'),
    webhook: byId(webhooks.records, 'id'),
  }
}

/** Keys of agents are of one run, so what they issued is of this run too. */
async function gather(
  controlPlane: ControlPlane,
  path: string,
  filter: string,
  values: readonly string[],
  name: string,
): Promise<Record<string, unknown>[]> {
  const answers = await atMost(4, values, (value) =>
    recordsOf(controlPlane, `${path}?${filter}=${encodeURIComponent(value)}&limit=${most}`, name),
  )
  return answers.flatMap(({ records }) => records)
}

function valuesOf(facts: readonly LocalFact[], kind: LocalFact['kind'], member: string): string[] {
  const values = facts.filter((fact) => fact.kind === kind).map(({ local }) => local[member])
  return [...new Set(values.filter((value) => typeof value === 'string'))]
}

function byId(
  records: readonly Record<string, unknown>[],
  member: string,
): ReadonlyMap<string, Record<string, unknown>> {
  return new Map(records.map((record) => [String(record[member]), record]))
}
