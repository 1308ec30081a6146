import type { AgentKey } from '../agent-key.ts'
import { aidIdentifier } from '../aid.ts'
import { encodeBase64url } from '../base64url.ts'
import type { CheckDefinition, Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import { listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { canonicalize } from '../jcs.ts'
import { check, Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { nonceSignatureFault, signNonce } from '../pop/nonce.ts'
import type { RevocationTerms } from '../revocation/decision.ts'
import { nonce, opaque, type Shape } from '../shape.ts'
import { type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import { requireShape } from '../structure.ts'
import type { TctClaims } from '../tct/claims.ts'
import { type IssuedTct, issueTct } from '../tct/issue.ts'
import {
  checkRevocation,
  checkTctToken,
  type TctTokenCheckId,
  tctTokenChecks,
  tctUseChecks,
  type VerifiedTct,
} from '../tct/verify.ts'
import { newUuid, type RandomBytes } from '../uuid.ts'
import type { RenewalStore } from './store.ts'

export type RenewalCheckId =
  | `renewal.${'request' | 'pop' | 'replay' | 'manifest' | 'issue'}`
  | TctTokenCheckId
  | 'tct.revocation'

/** The issuer of a TCT, asked for the next one. */
// biome-ignore format: a table, one row a check.
export const renewalChecks: readonly CheckDefinition<RenewalCheckId>[] = [
  check('renewal.request', 'Request has its three members', 'RFC-AITP-0005', 'INVALID_ENVELOPE'),
  ...tctTokenChecks,
  tctUseChecks[0],
  check('renewal.pop', 'Proof of possession verifies under the key of the holder', 'RFC-AITP-0005', 'POP_VERIFICATION_FAILED'),
  check('renewal.replay', 'Request was not made before', 'RFC-AITP-0005', 'REPLAY_DETECTED'),
  check('renewal.manifest', 'Manifest of this agent has not expired', 'RFC-AITP-0005', 'MANIFEST_EXPIRED'),
  check('renewal.issue', 'This agent may still grant something of it', 'RFC-AITP-0004 §4.1', 'POLICY_VIOLATION'),
]

const MAX_LENGTH = 64 * 1024
const DEFAULT_TTL_SECS = 3600

const requestShape: Shape = {
  required: { current_tct: opaque, pop_nonce: nonce, pop_signature: opaque },
  optional: {},
}

/** Asks the issuer of a TCT for the next one, before this one expires. JSON text, no envelope. */
export function buildRenewalRequest(
  engine: Engine,
  key: AgentKey,
  { token, claims }: Pick<VerifiedTct, 'token' | 'claims'>,
  { randomBytes }: { readonly randomBytes: RandomBytes },
): string {
  if (claims.sub !== key.aid)
    throw new TypeError(`the token is that of ${claims.sub}, the key that of ${key.aid}`)
  const popNonce = encodeBase64url(randomBytes(16))
  return canonicalize({
    current_tct: token,
    pop_nonce: popNonce,
    pop_signature: signNonce(engine, key, popNonce),
  })
}

/** The issuer that is asked, and what it still grants. */
export interface RenewalContext extends RevocationTerms {
  readonly key: AgentKey
  /** This agent's own: what it offers now, and until when its tokens may last. */
  readonly manifest: VerifiedManifest
  /** What the holder may be granted at most, asked anew. Left out: whatever it had. */
  readonly grantPolicy?: ((claims: TctClaims) => readonly string[]) | undefined
  readonly renewals: RenewalStore
  /** Unix seconds. */
  readonly now: number
  /** Default 3600. A function is asked about the verified token that is to be replaced. */
  readonly ttlSecs?: number | ((previous: TctClaims) => number) | undefined
  readonly issueVoucher?: boolean | undefined
  /**
   * Where a token came from that was redeemed from a delegation: the renewed one keeps its end and gets no voucher.
   * Its `link` is the caller's to keep, as for the first.
   */
  readonly originOf?: ((claims: TctClaims) => { readonly notAfter: number } | undefined) | undefined
  readonly randomBytes: RandomBytes
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

/** A renewed TCT. Keep its `jti` like that of any other. */
export interface RenewedTct extends IssuedTct {
  readonly previous: TctClaims
  /** The response body. */
  readonly text: string
}

/** Answers a renewal request: the same holder, no more than the same grants, a new id and a later end. */
export function processRenewalRequest(engine: Engine, text: string, context: RenewalContext): RenewedTct {
  const ladder: Ladder<RenewalCheckId> = new Ladder(renewalChecks, context.collector)
  const request = requireRequest(ladder, text)
  const { key, now } = context
  // The manifest bounds the new token. An expired one has a check and a code of its own below.
  const { claims } = checkTctToken(engine, ladder, String(request['current_tct']), {
    now,
    expectedIssuer: key.aid,
  })
  const standing = checkRevocation(ladder, claims, context)
  checkRequest(engine, ladder, request, claims, context)
  const issued = renew(engine, ladder, claims, standing, context)
  const response = {
    tct: issued.token,
    ...(issued.voucher === null ? {} : { grant_voucher: issued.voucher }),
  }
  return { ...issued, previous: claims, text: canonicalize(response) }
}

function requireRequest(ladder: Ladder<'renewal.request'>, text: string): JsonObject {
  let request: JsonObject
  try {
    request = parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (cause) {
    return ladder.refuse('renewal.request', {
      expected: 'a strict JSON object',
      actual: String(cause),
      cause,
    })
  }
  requireShape(ladder, 'renewal.request', request, requestShape)
  return request
}

/** The nonce is the holder's choice, so only remembering it makes a request good for one answer. */
function checkRequest(
  engine: Engine,
  ladder: Ladder<'renewal.pop' | 'renewal.replay'>,
  request: JsonObject,
  { sub, exp }: TctClaims,
  { renewals, manifest, now, compat }: RenewalContext,
): void {
  const popNonce = String(request['pop_nonce'])
  const fault = nonceSignatureFault(engine, sub, popNonce, String(request['pop_signature']), compat)
  ladder.require('renewal.pop', fault === undefined, () => ({
    expected: `signed by ${sub}`,
    actual: fault ?? 'verifies',
  }))
  // No token of this issuer outlives its manifest, so no renewed one can bring the nonce back.
  const verdict = renewals.checkAndRecord(
    aidIdentifier(sub),
    popNonce,
    Math.max(exp, manifest.expiresAt),
    now,
  )
  ladder.require('renewal.replay', verdict === 'recorded', () => ({
    expected: 'recorded',
    actual: verdict === 'full' ? 'no room to remember another request' : verdict,
  }))
}

function renew(
  engine: Engine,
  ladder: Ladder<'renewal.manifest' | 'renewal.issue'>,
  claims: TctClaims,
  standing: readonly string[],
  context: RenewalContext,
): IssuedTct {
  const {
    key,
    manifest,
    grantPolicy,
    now,
    ttlSecs = DEFAULT_TTL_SECS,
    issueVoucher = false,
    originOf,
    randomBytes,
  } = context
  ladder.require('renewal.manifest', now < manifest.expiresAt, () => ({
    expected: `own manifest expires_at > now ${now}`,
    actual: String(manifest.expiresAt),
  }))
  const origin = originOf?.(claims)
  const limits = [manifest.body.offered_capabilities, grantPolicy?.(claims)]
  const grants = standing.filter((grant) => limits.every((limit) => limit?.includes(grant) ?? true))
  ladder.require('renewal.issue', grants.length > 0, () => ({
    expected: `some of ${listOf(claims.grants)}`,
    actual: listOf(grants),
  }))
  const jti = newUuid(randomBytes)
  return issueTct(engine, key, {
    subject: claims.sub,
    grants,
    now,
    ttlSecs: typeof ttlSecs === 'function' ? ttlSecs(claims) : ttlSecs,
    notAfter: Math.min(manifest.expiresAt, origin?.notAfter ?? manifest.expiresAt),
    jti,
    issueVoucher: issueVoucher && origin === undefined,
  })
}
