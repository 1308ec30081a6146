import type { RevocationPosture, RevocationsRefreshed } from '../../../src/shared/admin.ts'
import type { Telemetry } from '../telemetry.ts'
import { createFreshness } from './freshness.ts'
import { createRefresh, type RefreshOptions, type RefreshParts } from './refresh.ts'
import type { DenySource, RevocationConfig, RevocationJudge, Snapshot } from './terms.ts'

/** What this agent knows of revoked tokens. As a judge: of peers' tokens and of what was delegated. */
export interface RevocationState extends RevocationJudge {
  /** Judges the tokens that this agent issued: by its own table, and by the snapshot only where a fail mode is set. */
  readonly ownTokens: RevocationJudge
  readonly posture: RevocationPosture
  /** Puts a token on the own table, which nothing clears. Returns how many are on it. */
  revoke(jti: string): number
  /** Fetches the Control Plane's list. Never throws: what went wrong is in the answer. */
  refresh(options?: RefreshOptions): Promise<RevocationsRefreshed>
}

export interface RevocationStateOptions {
  /** `null` without a Control Plane. */
  readonly config: RevocationConfig | null
  readonly telemetry: Telemetry
  /** The token that another was redeemed or renewed from, `undefined` when there is none. */
  readonly originOf: (jti: string) => string | undefined
  /** Gets the list as it is served. Rejects when it cannot be had. */
  readonly fetchList: RefreshParts['fetchList']
}

/** More than any token honestly has behind it. What is longer, or a ring, is not followed and counts as denied. */
const mostLinks = 1_000

export function createRevocationState({
  config,
  telemetry,
  originOf,
  fetchList,
}: RevocationStateOptions): RevocationState {
  const local = new Set<string>()
  const snapshot: Snapshot = { current: null }

  function sourceOf(jti: string): DenySource | null {
    if (local.has(jti)) return 'local'
    return snapshot.current?.revoked.has(jti) ? 'cp-snapshot' : null
  }

  function firstAlongLinks(jti: string, look: (jti: string) => DenySource | null): DenySource | null {
    let at: string | undefined = jti
    for (let steps = 0; at !== undefined; steps += 1) {
      const found = steps === mostLinks ? 'local' : look(at)
      if (found !== null) return found
      at = originOf(at)
    }
    return null
  }

  const freshness = createFreshness(config, snapshot, telemetry)
  const peersTokens: RevocationJudge = {
    countsFreshness: true,
    denies: (jti) => firstAlongLinks(jti, sourceOf),
    ...freshness,
  }
  const byOwnTable: RevocationJudge = {
    countsFreshness: false,
    denies: (jti) => firstAlongLinks(jti, (at) => (local.has(at) ? 'local' : null)),
    freshness: () => ({ ...freshness.freshness(), refusal: null }),
    admit: () => ({ ...freshness.freshness(), refusal: null }),
  }
  return {
    ...peersTokens,
    ownTokens: config?.failMode ? peersTokens : byOwnTable,
    get posture() {
      return freshness.freshness().posture
    },
    revoke(jti) {
      local.add(jti)
      telemetry.event({ type: 'tct.revoked', jti, total_revoked: local.size })
      return local.size
    },
    refresh: createRefresh({
      config,
      snapshot,
      telemetry,
      fetchList,
      total: () => new Set([...local, ...(snapshot.current?.revoked.keys() ?? [])]).size,
      posture: () => freshness.freshness().posture,
    }),
  }
}
