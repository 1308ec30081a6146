import type { Aid } from '../aid.ts'
import type { Engine } from '../engine.ts'
import {
  aid,
  anyObject,
  anyString,
  arrayOf,
  closedObject,
  type Fault,
  integerFrom,
  type Shape,
  uuidOfAnyVersion,
} from '../shape.ts'
import type { JsonObject } from '../strict-json.ts'

/** One revoked token. */
export interface RevocationEntry {
  readonly jti: string
  /** Unix seconds. */
  readonly revoked_at: number
  readonly reason?: string
}

/** What an issuer signs: every token of its own that it has revoked and that has not expired. */
export interface RevocationListBody {
  readonly version: string
  readonly issuer: string
  readonly published_at: number
  readonly expires_at: number
  readonly entries: readonly RevocationEntry[]
  readonly extensions?: JsonObject
}

/** The form in which a snapshot is served: the signature stands beside the list (RFC-AITP-0008 §1.5). */
export interface RevocationListDocument {
  readonly revocation_list: RevocationListBody
  readonly signature: string
}

declare const verifiedRevocationListBrand: unique symbol

/** A snapshot whose signature verified. Whether it is still of use depends on the clock. Made by the verifier only. */
export interface VerifiedRevocationList {
  readonly issuer: Aid
  readonly publishedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
  /** By `jti`, each compared as the exact lowercase text. */
  readonly revoked: ReadonlyMap<string, RevocationEntry>
  /** Why it counts as no snapshot at the time of verification, `null` when it is of use. */
  readonly unusable: string | null
  readonly [verifiedRevocationListBrand]: true
}

const MOST_ENTRIES = 100_000

export function revocationListShape(engine: Engine): Shape {
  return {
    required: {
      version: anyString,
      issuer: aid(engine),
      published_at: integerFrom(0),
      expires_at: integerFrom(1),
      entries: arrayOf(revocationEntry, MOST_ENTRIES),
    },
    optional: { extensions: anyObject },
  }
}

const revocationEntry = closedObject({
  required: { jti: uuidOfAnyVersion, revoked_at: integerFrom(0) },
  optional: { reason: anyString },
})

/** What a shape alone cannot say: that the list expires after it was published. */
export function lifetimeFault({ published_at, expires_at }: JsonObject): Fault | undefined {
  if (typeof published_at !== 'number' || typeof expires_at !== 'number') return undefined
  if (expires_at > published_at) return undefined
  return { member: 'expires_at', expected: `after published_at ${published_at}`, actual: String(expires_at) }
}
