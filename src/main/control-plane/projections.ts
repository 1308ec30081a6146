import { z } from 'zod'
import type { DelegationQuery, ReplayQuery, TctQuery } from '../../shared/contract.ts'
import type { Connection } from './connection.ts'
import type { ListReader } from './list-reader.ts'

/** A record as the Control Plane has it: its members are its own. */
const CpRecord = z.record(z.string(), z.unknown())
export type CpRecord = z.infer<typeof CpRecord>

/** What a Control Plane shows of what it was told, as it shows it; each is empty without an answer. */
export interface Projections {
  history(query: { run_id: string; type?: string | undefined; limit: number }): Promise<CpRecord[]>
  sessions(query: { run_id: string; status?: string | undefined; limit: number }): Promise<CpRecord[]>
  tcts(query: TctQuery): Promise<CpRecord[]>
  delegations(query: DelegationQuery): Promise<CpRecord[]>
  replay(query: ReplayQuery): Promise<CpRecord[]>
  /** `window` as in `24h`. */
  overview(window: string): Promise<CpRecord>
  agents(): Promise<CpRecord[]>
  trustAnchors(namespace: string | undefined): Promise<CpRecord[]>
  pinnedKeys(namespace: string | undefined): Promise<CpRecord[]>
}

export function readProjections(request: Connection['request'], list: ListReader): Projections {
  return {
    history: (query) => list('/api/events/history', query, 'events', CpRecord),
    sessions: (query) => list('/api/sessions', query, 'sessions', CpRecord),
    tcts: ({ session_id: sessionId, active, ...query }) =>
      list('/api/tcts', { ...query, sessionId, active: onlyTrue(active) }, 'tcts', CpRecord),
    delegations: ({ active, ...query }) =>
      list('/api/delegations', { ...query, active: onlyTrue(active) }, 'delegations', CpRecord),
    replay: ({ session_id, ...query }) =>
      list(`/api/sessions/${encodeURIComponent(session_id)}/replay`, query, 'events', CpRecord),
    async overview(window) {
      // It is called `range` there (B-57).
      const answer = await request('GET', `/api/dashboard/overview?${new URLSearchParams({ range: window })}`)
      return answer?.ok ? (CpRecord.safeParse(answer.body).data ?? {}) : {}
    },
    agents: () => list('/api/dashboard/agents', {}, 'agents', CpRecord),
    trustAnchors: (namespace) => list('/api/trust-anchors', { namespace }, 'trustAnchors', CpRecord),
    pinnedKeys: (namespace) => list('/api/pinned-keys', { namespace }, 'pinnedKeys', CpRecord),
  }
}

/** A Control Plane reads any other text as no wish at all. */
function onlyTrue(active: 'true' | 'false' | undefined): 'true' | undefined {
  return active === 'true' ? active : undefined
}
