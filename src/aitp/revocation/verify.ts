import { type Aid, parseAid } from '../aid.ts'
import type { Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { describe } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { check, Ladder } from '../ladder.ts'
import { signatureFault } from '../signature.ts'
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import { requireShape } from '../structure.ts'
import { AITP_VERSION } from '../version.ts'
import { revocationSigningInput } from './build.ts'
import type { RevocationFailMode } from './decision.ts'
import {
  lifetimeFault,
  type RevocationEntry,
  revocationListShape,
  type VerifiedRevocationList,
} from './document.ts'
import { DEFAULT_MAX_STALENESS_SECS, hasAcceptableAge, isExpired } from './freshness.ts'

/** The last three make a snapshot count as none; only under `fail_closed` is that a refusal. */
// biome-ignore format: a table, one row a check.
export const revocationChecks = [
  check('revocation.wrapper', 'Document is an object with revocation_list and signature', 'RFC-AITP-0008 §1.5', 'REVOCATION_SNAPSHOT_INVALID'),
  check('revocation.list', 'List is complete and well-formed', 'RFC-AITP-0008 §1.5', 'REVOCATION_SNAPSHOT_INVALID'),
  check('revocation.version', 'Protocol version is known', 'RFC-AITP-0008', 'REVOCATION_SNAPSHOT_INVALID'),
  check('revocation.issuer', 'Issuer is the expected one', 'RFC-AITP-0008', 'REVOCATION_SNAPSHOT_INVALID'),
  check('revocation.signature', 'Signature verifies under the key in the issuer AID', 'RFC-AITP-0008 §1.5', 'REVOCATION_SNAPSHOT_SIGNATURE_INVALID'),
  check('revocation.expires_at', 'Snapshot has not expired', 'RFC-AITP-0008 §3.1', 'TCT_REVOKED'),
  check('revocation.age', 'Snapshot is recent enough', 'RFC-AITP-0008 §3.1', 'TCT_REVOKED'),
  check('revocation.newest', 'No newer snapshot of this issuer is known', 'RFC-AITP-0008', 'TCT_REVOKED'),
] as const

export type RevocationCheckId = (typeof revocationChecks)[number]['id']

/** What a snapshot is held against. */
export interface VerifyRevocationListOptions {
  /** Unix seconds. */
  readonly now: number
  readonly expectedIssuer?: Aid | undefined
  /** Seconds; default 300. */
  readonly maxStalenessSecs?: number | undefined
  /**
   * Default `fail_closed`: a snapshot that counts as none is refused with `TCT_REVOKED`. Otherwise it comes back
   * with `unusable` set, and the report shows the check as skipped.
   */
  readonly failMode?: RevocationFailMode | undefined
  /** The newest snapshot of this issuer so far: an older one is ignored. */
  readonly newest?: VerifiedRevocationList | null | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

const MAX_LENGTH = 256 * 1024

/** Verifies a revocation snapshot as served (RFC-AITP-0008 §1.5). Throws `AitpError`. */
export function verifyRevocationList(
  engine: Engine,
  text: string,
  options: VerifyRevocationListOptions,
): VerifiedRevocationList {
  const ladder: Ladder<RevocationCheckId> = new Ladder(revocationChecks, options.collector)
  const { list, signature } = requireWrapper(ladder, text)
  requireList(engine, ladder, list)
  const issuer = parseAid(engine, String(list['issuer']))
  checkIssuer(ladder, issuer, options.expectedIssuer)
  checkSignature(engine, ladder, issuer, list, signature, options.compat ?? {})
  const times = { publishedAt: Number(list['published_at']), expiresAt: Number(list['expires_at']) }
  const unusable = checkFreshness(ladder, times, options)
  return Object.freeze({
    issuer,
    ...times,
    revoked: entriesOf(list),
    unusable,
  }) as VerifiedRevocationList
}

function requireWrapper(
  ladder: Ladder<RevocationCheckId>,
  text: string,
): { readonly list: JsonObject; readonly signature: string } {
  let document: JsonObject
  try {
    document = parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (cause) {
    return ladder.refuse('revocation.wrapper', {
      expected: 'a strict JSON object',
      actual: String(cause),
      cause,
    })
  }
  const { revocation_list: list, signature, ...others } = document
  const [other] = Object.keys(others)
  if (other !== undefined || !isJsonObject(list) || typeof signature !== 'string' || signature === '') {
    return ladder.refuse('revocation.wrapper', {
      expected: 'the object revocation_list and the string signature',
      actual:
        other === undefined ? `${describe(list)} and ${describe(signature)}` : `member ${describe(other)}`,
    })
  }
  ladder.pass('revocation.wrapper')
  return { list, signature }
}

function requireList(engine: Engine, ladder: Ladder<RevocationCheckId>, list: JsonObject): void {
  requireShape(ladder, 'revocation.list', list, revocationListShape(engine), { other: lifetimeFault(list) })
  ladder.require('revocation.version', list['version'] === AITP_VERSION, () => ({
    expected: AITP_VERSION,
    actual: describe(list['version']),
  }))
}

function checkIssuer(ladder: Ladder<RevocationCheckId>, issuer: Aid, expectedIssuer: Aid | undefined): void {
  if (expectedIssuer === undefined) {
    ladder.skip('revocation.issuer', 'no issuer was expected')
    return
  }
  ladder.require('revocation.issuer', issuer === expectedIssuer, () => ({
    expected: expectedIssuer,
    actual: issuer,
    message: `snapshot is that of ${issuer}, expected was ${expectedIssuer}`,
  }))
}

/** The two inputs can never be equal, so accepting both confuses nothing. */
function checkSignature(
  engine: Engine,
  ladder: Ladder<RevocationCheckId>,
  issuer: Aid,
  list: JsonObject,
  signature: string,
  compat: Compat,
): void {
  const faultOf = (form: 'inner' | 'wrapped') =>
    signatureFault(engine, issuer, revocationSigningInput(engine, list, form), signature, compat)
  const inner = faultOf('inner')
  const fault = inner === undefined || compat.acceptWrappedRevocation !== true ? inner : faultOf('wrapped')
  ladder.require('revocation.signature', fault === undefined, () => ({
    expected: `signed by ${issuer}`,
    actual: fault ?? (inner === undefined ? 'verifies' : 'verifies over the wrapped form'),
  }))
}

function checkFreshness(
  ladder: Ladder<RevocationCheckId>,
  times: Pick<VerifiedRevocationList, 'publishedAt' | 'expiresAt'>,
  {
    now,
    maxStalenessSecs = DEFAULT_MAX_STALENESS_SECS,
    failMode = 'fail_closed',
    newest,
  }: VerifyRevocationListOptions,
): string | null {
  const { publishedAt, expiresAt } = times
  const reasons: string[] = []

  function requireOrExcuse(id: RevocationCheckId, holds: boolean, expected: string, actual: string): void {
    if (holds || failMode === 'fail_closed') {
      ladder.require(id, holds, () => ({ expected, actual }))
      return
    }
    reasons.push(`${actual} is not ${expected}`)
    ladder.skip(id, `${actual} is not ${expected}: counts as no snapshot`)
  }

  requireOrExcuse(
    'revocation.expires_at',
    !isExpired(times, now),
    `expires_at > now ${now}`,
    String(expiresAt),
  )
  requireOrExcuse(
    'revocation.age',
    hasAcceptableAge(times, now, maxStalenessSecs),
    `at most ${maxStalenessSecs} s before now ${now}`,
    `published_at ${publishedAt}`,
  )
  if (newest === undefined || newest === null) {
    ladder.skip('revocation.newest', 'no other snapshot of this issuer is known')
  } else {
    const known = newest.publishedAt
    requireOrExcuse(
      'revocation.newest',
      publishedAt >= known,
      `published_at >= ${known}`,
      `published_at ${publishedAt}`,
    )
  }
  return reasons[0] ?? null
}

function entriesOf({ entries }: JsonObject): ReadonlyMap<string, RevocationEntry> {
  const items = Array.isArray(entries) ? entries.filter(isJsonObject) : []
  return new Map(
    items.map(({ jti, revoked_at, reason }) => [
      String(jti),
      {
        jti: String(jti),
        revoked_at: Number(revoked_at),
        ...(reason === undefined ? {} : { reason: String(reason) }),
      },
    ]),
  )
}

/** The snapshot to keep of two by the same issuer: never an older one (RFC-AITP-0008). */
export function newerRevocationList(
  known: VerifiedRevocationList | null,
  incoming: VerifiedRevocationList,
): VerifiedRevocationList {
  return known !== null && known.publishedAt > incoming.publishedAt ? known : incoming
}
