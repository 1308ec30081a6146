import type { CheckDefinition, Collector } from '../collector.ts'
import { listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { fingerprint } from '../fingerprint.ts'
import type { HeldToken } from '../handshake/party.ts'
import { check, Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { askRevocation, type RevocationTerms } from '../revocation/decision.ts'
import { opaque, type Shape } from '../shape.ts'
import { type JsonObject, parseStrictJsonObject } from '../strict-json.ts'
import { requireShape } from '../structure.ts'
import type { TctClaims } from '../tct/claims.ts'
import {
  checkRevocation,
  checkTctToken,
  type TctTokenCheckId,
  tctTokenChecks,
  tctUseChecks,
} from '../tct/verify.ts'
import { checkVoucher, skipVoucher, type VoucherCheckId, voucherChecks } from '../tct/voucher.ts'

export type RenewalResponseCheckId =
  | `renewed.${'response' | 'later' | 'grants_offered'}`
  | TctTokenCheckId
  | VoucherCheckId
  | 'tct.revocation'

/** The holder on the answer to its renewal request: a receipt like that of a handshake, and later than before. */
// biome-ignore format: a table, one row a check.
export const renewalResponseChecks: readonly CheckDefinition<RenewalResponseCheckId>[] = [
  check('renewed.response', 'Response carries a token', 'RFC-AITP-0005', 'INVALID_ENVELOPE'),
  ...tctTokenChecks,
  ...voucherChecks,
  check('renewed.grants_offered', 'Every grant is one that the issuer offers', 'RFC-AITP-0004', 'GRANT_OVERFLOW'),
  tctUseChecks[0],
  check('renewed.later', 'Token ends later than the one before', 'RFC-AITP-0005', 'TCT_EXPIRED'),
]

/** What a renewed token is held against. */
export interface RenewalResponseContext extends RevocationTerms {
  /** Unix seconds. */
  readonly now: number
  /** The token that was to be renewed: same issuer, same holder. */
  readonly previous: TctClaims
  readonly issuerManifest?: VerifiedManifest | undefined
  readonly collector?: Collector | undefined
}

const MAX_LENGTH = 64 * 1024
const responseShape: Shape = { required: { tct: opaque }, optional: { grant_voucher: opaque } }

/** Verifies a renewed TCT at its holder. Throws `AitpError`; the old token then stays what it was. */
export function verifyRenewalResponse(
  engine: Engine,
  text: string,
  context: RenewalResponseContext,
): HeldToken {
  const { now, previous, issuerManifest } = context
  const ladder: Ladder<RenewalResponseCheckId> = new Ladder(renewalResponseChecks, context.collector)
  const response = requireResponse(ladder, text)
  const { token, claims } = checkTctToken(engine, ladder, String(response['tct']), {
    now,
    expectedIssuer: previous.iss,
    expectedAudience: previous.sub,
    issuerManifest,
  })
  const voucher = readVoucher(engine, ladder, response, claims, context)
  checkOffered(ladder, claims, issuerManifest)
  checkRevocation(ladder, claims, context)
  ladder.require('renewed.later', claims.exp > previous.exp, () => ({
    expected: `exp > ${previous.exp}`,
    actual: String(claims.exp),
  }))
  const unrequestedGrants = claims.grants.filter((grant) => !previous.grants.includes(grant))
  return { token, fingerprint: fingerprint(engine, token), claims, voucher, unrequestedGrants }
}

function requireResponse(ladder: Ladder<'renewed.response'>, text: string): JsonObject {
  let response: JsonObject
  try {
    response = parseStrictJsonObject(text, { maxLength: MAX_LENGTH })
  } catch (cause) {
    return ladder.refuse('renewed.response', {
      expected: 'a strict JSON object',
      actual: String(cause),
      cause,
    })
  }
  requireShape(ladder, 'renewed.response', response, responseShape)
  return response
}

function readVoucher(
  engine: Engine,
  ladder: Ladder<VoucherCheckId>,
  { grant_voucher }: JsonObject,
  tct: TctClaims,
  context: RenewalResponseContext,
): HeldToken['voucher'] {
  if (grant_voucher === undefined) {
    skipVoucher(ladder)
    return null
  }
  const hasSource = context.revocation !== undefined || context.isRevoked !== undefined
  const isRevoked = (jti: string) => askRevocation(context, jti, tct.iss, tct.grants)?.outcome === 'revoked'
  return checkVoucher(engine, ladder, String(grant_voucher), {
    now: context.now,
    expectedIssuer: tct.iss,
    expectedHolder: tct.sub,
    tct,
    ...(hasSource ? { isRevoked } : {}),
  }).token
}

function checkOffered(
  ladder: Ladder<'renewed.grants_offered'>,
  { grants }: TctClaims,
  issuerManifest: VerifiedManifest | undefined,
): void {
  if (issuerManifest === undefined) {
    ladder.skip('renewed.grants_offered', 'no manifest of the issuer was given')
    return
  }
  const offered = issuerManifest.body.offered_capabilities
  const overflow = grants.filter((grant) => !offered.includes(grant))
  ladder.require('renewed.grants_offered', overflow.length === 0, () => ({
    expected: `among ${listOf(offered)}`,
    actual: listOf(grants),
  }))
}
