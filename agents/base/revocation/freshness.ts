import { unixNow } from '../clock.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Freshness, RevocationConfig, Snapshot } from './terms.ts'

/** Of the calls that are served on a stale list, the first and each of these is told. */
const toldEach = 100

/** Says whether the newest snapshot can be served by. */
export function createFreshness(
  config: RevocationConfig | null,
  snapshot: Snapshot,
  telemetry: Telemetry,
): { freshness(): Freshness; admit(): Freshness } {
  let serves = 0
  const failMode = config?.failMode ?? null

  function freshness(): Freshness {
    if (config === null) return unchecked('there is no Control Plane')
    if (config.issuer === null) return unchecked('no issuer of the list is pinned')
    const reason = staleness(snapshot.current, config.maxStalenessSecs)
    if (reason === null) return { posture: 'current', reason: 'the list is recent', refusal: null }
    // A Control Plane that is away stops nothing unless somebody chose that; what is known to be revoked stays so.
    const isRefused = failMode === 'fail_closed' || (failMode === null && config.refusesStale)
    const refusal = isRefused ? `revocation is degraded: ${reason}, fail_closed` : null
    return { posture: 'degraded', reason, refusal }
  }

  return {
    freshness,
    admit() {
      const now = freshness()
      if (now.posture !== 'degraded' || now.refusal !== null) return now
      serves += 1
      if (serves === 1 || serves % toldEach === 0) {
        telemetry.event({
          type: 'revocation.degraded_serve',
          reason: now.reason,
          serves,
          fail_mode: failMode ?? 'unset',
        })
      }
      return now
    },
  }
}

function unchecked(reason: string): Freshness {
  return { posture: 'unchecked', reason, refusal: null }
}

/** Why a list cannot be served by, `null` when it can. */
function staleness(list: Snapshot['current'], maxStalenessSecs: number): string | null {
  if (list === null) return 'no list has been had'
  const now = unixNow()
  if (now >= list.expiresAt) return `the list expired at ${list.expiresAt}`
  const age = now - list.publishedAt
  return age > maxStalenessSecs ? `the list is ${age} s old, at most ${maxStalenessSecs} s may be` : null
}
