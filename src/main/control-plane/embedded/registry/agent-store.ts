import type { DatabaseSync } from 'node:sqlite'
import { iso } from '../http/times.ts'
import { listRows, type Row } from '../list-rows.ts'

export interface Registration {
  readonly aid: string
  readonly displayName: string
  readonly handshakeEndpoint: string
  readonly offeredCaps: readonly string[]
  /** Exactly as it was posted. */
  readonly manifestJson: string
  /** Unix milliseconds. */
  readonly manifestExpiresAt: number
  readonly namespace: string
}

export interface AgentFilter {
  readonly capability: string | null
  readonly aid: string | null
  readonly displayName: string | null
  readonly namespace: string | null
  /** Agents of every status, and with a manifest that has expired too. */
  readonly isAll: boolean
}

/** Agents that have registered. Rows are as stored; `agentRecord` and its kin say what is shown of one. */
export interface AgentStore {
  upsert(registration: Registration, now: number): void
  find(aid: string): Row | undefined
  list(filter: AgentFilter, now: number, page: { limit: number; offset: number }): Row[]
  setStatus(aid: string, status: 'expired' | 'deregistered'): void
  /** Active ones whose manifest has expired. */
  outdated(now: number): Row[]
}

export function createAgentStore(database: DatabaseSync): AgentStore {
  const upsert = database.prepare(
    `INSERT INTO agents (aid, display_name, handshake_endpoint, offered_caps, manifest_json,
       manifest_expires_at, status, registered_at, last_enrolled_at, namespace)
     VALUES (:aid, :name, :endpoint, :caps, :manifest, :expires, 'active', :now, :now, :namespace)
     ON CONFLICT (aid) DO UPDATE SET
       display_name = excluded.display_name, handshake_endpoint = excluded.handshake_endpoint,
       offered_caps = excluded.offered_caps, manifest_json = excluded.manifest_json,
       manifest_expires_at = excluded.manifest_expires_at, status = 'active',
       last_enrolled_at = excluded.last_enrolled_at, namespace = excluded.namespace`,
  )
  const dropCaps = database.prepare('DELETE FROM agent_caps WHERE aid = ?')
  const insertCap = database.prepare('INSERT INTO agent_caps VALUES (?, ?) ON CONFLICT DO NOTHING')
  const select = database.prepare('SELECT * FROM agents WHERE aid = ?')
  const updateStatus = database.prepare('UPDATE agents SET status = ? WHERE aid = ?')
  const selectOutdated = database.prepare(
    `SELECT * FROM agents WHERE status = 'active' AND manifest_expires_at <= ?`,
  )
  return {
    upsert(agent, now) {
      const { aid, offeredCaps } = agent
      upsert.run({
        aid,
        name: agent.displayName,
        endpoint: agent.handshakeEndpoint,
        caps: JSON.stringify(offeredCaps),
        manifest: agent.manifestJson,
        expires: agent.manifestExpiresAt,
        namespace: agent.namespace,
        now,
      })
      dropCaps.run(aid)
      for (const capability of offeredCaps) insertCap.run(capability, aid)
    },
    find: (aid) => select.get(aid),
    list: ({ capability, aid, displayName, namespace, isAll }, now, page) =>
      listRows(database, {
        from: 'agents',
        where: [
          ['aid IN (SELECT aid FROM agent_caps WHERE capability = ?)', capability],
          ['aid = ?', aid],
          ['display_name = ?', displayName],
          ['namespace = ?', namespace],
          [`status = 'active' AND coalesce(manifest_expires_at > ?, true)`, isAll ? null : now],
        ],
        order: 'registered_at, aid',
        page,
      }),
    setStatus: (aid, status) => void updateStatus.run(status, aid),
    outdated: (now) => selectOutdated.all(now),
  }
}

/** As discovery lists it (control-plane.md §3.1). */
export function agentRecord(row: Row, withManifest: boolean): Record<string, unknown> {
  const endpoint = String(row['handshake_endpoint'])
  return {
    aid: row['aid'],
    displayName: row['display_name'],
    handshakeEndpoint: endpoint,
    offeredCaps: JSON.parse(String(row['offered_caps'])),
    status: row['status'],
    namespace: row['namespace'],
    registeredAt: iso(row['registered_at']),
    lastEnrolledAt: iso(row['last_enrolled_at']),
    lastSeenAt: iso(row['last_seen_at']),
    manifestUrl: manifestPath(String(row['aid'])),
    agentManifestHint: URL.canParse(endpoint)
      ? `${new URL(endpoint).origin}/.well-known/aitp-manifest`
      : null,
    ...(withManifest ? { manifestJson: row['manifest_json'] } : {}),
  }
}

/** As one agent is shown by itself (control-plane.md §3.15). */
export function agentSummary(row: Row): Record<string, unknown> {
  const { aid, displayName, handshakeEndpoint, offeredCaps, status, registeredAt, lastSeenAt, manifestUrl } =
    agentRecord(row, false)
  return { aid, displayName, handshakeEndpoint, offeredCaps, status, registeredAt, lastSeenAt, manifestUrl }
}

/** Everything that is stored of an agent, as exports have it. */
export function rawAgent(row: Row): Record<string, unknown> {
  return {
    ...agentRecord(row, true),
    manifestExpiresAt: iso(row['manifest_expires_at']),
    org: row['org'],
    cloud: row['cloud'],
    metadata: row['metadata'] === null ? null : JSON.parse(String(row['metadata'])),
  }
}

function manifestPath(aid: string): string {
  return `/api/registry/agents/${encodeURIComponent(aid)}/manifest`
}
