import { type Aid, AitpError, type VerifiedRevocationList } from '../../../src/aitp/index.ts'
import type { RevocationPosture, RevocationsRefreshed } from '../../../src/shared/admin.ts'
import type { Telemetry } from '../telemetry.ts'
import type { RevocationConfig, Snapshot } from './terms.ts'

export interface RefreshOptions {
  /** Another Control Plane than the configured one; who must have signed stays the same. */
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
  /** Tells nothing but a list that was discarded. */
  readonly quiet?: boolean
}

/** Where a list comes from, and the newest that is known of its issuer. */
export interface ListRequest extends RefreshOptions {
  readonly config: RevocationConfig & { readonly issuer: Aid }
  /** Asked when the list has come: another may have come before it. */
  readonly newest: () => VerifiedRevocationList | null
}

export interface RefreshParts {
  readonly config: RevocationConfig | null
  readonly snapshot: Snapshot
  readonly telemetry: Telemetry
  /** Gets and verifies the list. Rejects with `AitpError` when it came and is not to be used. */
  readonly fetchList: (request: ListRequest) => Promise<VerifiedRevocationList>
  /** How many tokens are revoked in all. */
  readonly total: () => number
  readonly posture: () => RevocationPosture
}

/** What a discarded list suffers from, by the check that failed (docs of `revocation.verify_failed`). */
const causes: Readonly<Record<string, string>> = {
  'revocation.wrapper': 'malformed',
  'revocation.list': 'malformed_body',
  'revocation.version': 'version_unknown',
  'revocation.issuer': 'issuer_mismatch',
  'revocation.signature': 'signature_invalid',
  'revocation.expires_at': 'expired',
  'revocation.age': 'stale',
  'revocation.newest': 'superseded',
}

/** The only way in for a list: fetched, verified against the pinned issuer, and never older than the one before. */
export function createRefresh({ config, snapshot, telemetry, fetchList, total, posture }: RefreshParts) {
  const unchanged = () => ({ revoked_count: total(), added: 0, posture: posture() })

  function discard(cause: string, check: string | null, detail: string): RevocationsRefreshed {
    telemetry.event({ type: 'revocation.verify_failed', cause, check, detail })
    return { ...unchanged(), verified: false, discarded: cause, check, detail }
  }

  function apply(list: VerifiedRevocationList, quiet: boolean): RevocationsRefreshed {
    const known = snapshot.current
    const added = [...list.revoked.keys()].filter((jti) => !known?.revoked.has(jti)).length
    snapshot.current = list
    if (!quiet) {
      telemetry.event({
        type: 'revocation.list_fetched',
        jti_count: list.revoked.size,
        added,
        verified: true,
        issuer: list.issuer,
      })
    }
    const snapshotCount = list.revoked.size
    return { ...unchanged(), added, snapshot_count: snapshotCount, verified: true }
  }

  return async (options: RefreshOptions = {}): Promise<RevocationsRefreshed> => {
    if (config === null) return { ...unchanged(), skipped: 'no Control Plane is configured' }
    if (config.issuer === null) return discard('no_expected_issuer', null, 'no issuer of the list is pinned')
    const terms = { ...config, issuer: config.issuer }
    try {
      const list = await fetchList({ ...options, config: terms, newest: () => snapshot.current })
      return apply(list, options.quiet === true)
    } catch (error) {
      if (error instanceof AitpError) {
        return discard(causes[error.check ?? ''] ?? 'malformed', error.check, error.message)
      }
      const message = error instanceof Error ? error.message : String(error)
      if (!options.quiet) telemetry.event({ type: 'revocation.refresh_failed', error: message })
      return { ...unchanged(), error: message }
    }
  }
}
