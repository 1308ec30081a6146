import type { AgentKey } from '../agent-key.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'
import { signDigest } from '../signature.ts'
import { isUuidOfAnyVersion } from '../uuid.ts'
import { AITP_VERSION } from '../version.ts'
import type { RevocationEntry, RevocationListBody, RevocationListDocument } from './document.ts'

/** What goes into a revocation snapshot. */
export interface BuildRevocationListOptions {
  /** May be empty: a signed empty list says that nothing is revoked, a missing list says nothing. */
  readonly entries: readonly RevocationEntry[]
  /** Unix seconds. */
  readonly publishedAt: number
  /** Default 3600. */
  readonly ttlSecs?: number
  readonly compat?: Compat
}

/** A revocation snapshot, signed. */
export interface BuiltRevocationList {
  /** As it is served. */
  readonly text: string
  readonly document: RevocationListDocument
}

const DEFAULT_TTL_SECS = 3600

/** Builds and signs a revocation snapshot of this agent's own tokens (RFC-AITP-0008 §1.5). */
export function buildRevocationList(
  engine: Engine,
  key: AgentKey,
  { entries, publishedAt, ttlSecs = DEFAULT_TTL_SECS, compat = {} }: BuildRevocationListOptions,
): BuiltRevocationList {
  if (!Number.isSafeInteger(publishedAt) || !Number.isSafeInteger(ttlSecs) || ttlSecs < 1)
    throw new TypeError('publishedAt and ttlSecs are integers in seconds')
  for (const { jti } of entries) {
    if (!isUuidOfAnyVersion(jti)) throw new TypeError(`jti ${jti} is no UUID in lowercase`)
  }
  const body: RevocationListBody = {
    version: AITP_VERSION,
    issuer: key.aid,
    published_at: publishedAt,
    expires_at: publishedAt + ttlSecs,
    entries: entries.map((entry) => ({ ...entry })),
  }
  const form = compat.emitWrappedRevocation === true ? 'wrapped' : 'inner'
  const signature = signDigest(engine, key, revocationSigningInput(engine, body, form))
  const document = { revocation_list: body, signature }
  return { text: canonicalize(document), document }
}

/** `wrapped`: with the member name around the body, as aitp-rs 0.4 signs it. */
export function revocationSigningInput(
  engine: Engine,
  body: object,
  form: 'inner' | 'wrapped' = 'inner',
): Uint8Array {
  return engine.utf8Encode(canonicalize(form === 'inner' ? body : { revocation_list: body }))
}
