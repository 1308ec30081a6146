import type { Aid } from '../aid.ts'
import type { CheckDefinition, Collector } from '../collector.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import {
  type EnvelopeTerms,
  type ParsedEnvelope,
  requireEnvelope,
  requireEnvelopeSignature,
  requireMessageType,
  requireTimestamp,
} from '../envelope-checks.ts'
import { checkIdentity, type IdentityCheckId, identityChecks } from '../identity/checks.ts'
import type { Jwk } from '../identity/jwk.ts'
import type { PinStore } from '../identity/pins.ts'
import { Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { checkManifestBody, type ManifestBodyCheckId, manifestBodyChecks } from '../manifest/verify.ts'
import type { Shape } from '../shape.ts'
import { requireShape } from '../structure.ts'
import {
  checkRevocation,
  checkTctToken,
  type TctTokenCheckId,
  tctTokenChecks,
  tctUseChecks,
  type VerifiedTct,
} from '../tct/verify.ts'
import { checkVoucher, skipVoucher, type VoucherCheckId, voucherChecks } from '../tct/voucher.ts'
import {
  type CommitPrefix,
  commitAckChecks,
  commitChecks,
  type HelloPrefix,
  helloAckChecks,
  helloChecks,
} from './checks.ts'
import { checkNonceEcho, checkOffered, checkPossession } from './commit.ts'
import { checkManifestAid, objectMember } from './hello.ts'
import { commitShape, helloAckShape, helloShape } from './payloads.ts'

/*
 * RFC-AITP-0004 looks at the envelope signature of a hello after manifest and identity; a server does so before them,
 * so that forgeries are cheap to refuse. Which of two faults a message is refused for is all that differs. The
 * published fixtures expect the order of the text; they judge single messages, so state and replay play no part.
 */

/** What is left of the checks of an envelope. */
type OpeningId<Prefix extends HelloPrefix | CommitPrefix> =
  `${Prefix}.${'envelope' | 'message_type' | 'version' | 'timestamp' | 'payload'}`

type HelloCheckId =
  | OpeningId<HelloPrefix>
  | `${HelloPrefix}.${'nonce_echo' | 'manifest_aid' | 'envelope_signature'}`
  | ManifestBodyCheckId
  | IdentityCheckId

export interface LooseTerms {
  /** Unix seconds. */
  readonly now: number
  /** The receiving agent. `null`: for whom the message was made is not compared. */
  readonly selfAid: Aid | null
  /** How far the clocks may differ, in seconds. Default 300. */
  readonly toleranceSecs?: number | undefined
  readonly compat?: Compat | undefined
  readonly collector?: Collector | undefined
}

/** `null` leaves a check out. A participant in real handshakes has a party with all of this instead. */
export interface HelloInRfcOrderTerms extends LooseTerms {
  readonly messageType: 'mutual_hello' | 'mutual_hello_ack'
  readonly acceptedTypes: readonly string[] | null
  readonly trustAnchors: readonly string[] | null
  readonly pins: PinStore | null
  /** The initiator's own nonce, which an ack has to echo. */
  readonly sentNonce: string | null
  readonly issuerKeys?: ((issuer: string) => readonly Jwk[] | undefined) | undefined
  readonly allowLoopbackHttp?: boolean | undefined
}

/** The ladder of either hello in the order of RFC-AITP-0004. */
export function rfcOrderHelloChecks(prefix: HelloPrefix): readonly CheckDefinition<HelloCheckId>[] {
  const table: readonly CheckDefinition[] = prefix === 'hello' ? helloChecks : helloAckChecks
  return pick<HelloCheckId>(table, [
    ...opening(prefix),
    ...(prefix === 'hello' ? [] : [`${prefix}.nonce_echo`]),
    `${prefix}.manifest_aid`,
    ...manifestBodyChecks.map(({ id }) => id),
    ...identityChecks.map(({ id }) => id),
    `${prefix}.envelope_signature`,
  ])
}

/** Judges one MUTUAL_HELLO or MUTUAL_HELLO_ACK by itself. Throws `AitpError`. */
export function verifyHelloInRfcOrder(
  engine: Engine,
  text: string,
  terms: HelloInRfcOrderTerms,
): VerifiedManifest {
  const prefix = terms.messageType === 'mutual_hello' ? 'hello' : 'hello_ack'
  const ladder: Ladder<HelloCheckId> = new Ladder(rfcOrderHelloChecks(prefix), terms.collector)
  const shape = prefix === 'hello' ? helloShape : helloAckShape
  const message = open(engine, ladder, prefix, text, shape, terms)
  const { sender, messageId, timestamp, payload } = message
  const { now, compat, sentNonce, selfAid, allowLoopbackHttp } = terms
  if (prefix === 'hello_ack') {
    if (sentNonce === null) ladder.skip('hello_ack.nonce_echo', 'no nonce of this agent was given')
    else checkNonceEcho(ladder, 'hello_ack.nonce_echo', sentNonce, payload)
  }
  const tree = objectMember(payload, 'manifest')
  checkManifestAid(ladder, prefix, sender, tree)
  const peer = checkManifestBody(engine, ladder, tree, { now, allowLoopbackHttp, compat })
  checkIdentity(engine, ladder, objectMember(payload, 'identity'), {
    now,
    acceptedTypes: terms.acceptedTypes,
    trustAnchors: terms.trustAnchors,
    ownType: null,
    receiver: selfAid,
    peer,
    pins: terms.pins,
    issuerKeys: terms.issuerKeys,
    compat: compat ?? {},
    sender,
    messageId,
    timestamp,
    popNonce: String(payload['pop_nonce']),
  })
  requireEnvelopeSignature(engine, ladder, prefix, message, String(message.envelope['signature']), compat)
  return peer
}

/** What one commit is held against. `null` leaves a check out. */
export interface CommitInRfcOrderTerms extends LooseTerms {
  readonly messageType: 'mutual_commit' | 'mutual_commit_ack'
  /** The nonce this agent sent. */
  readonly sentNonce: string | null
  /** What the issuer's manifest offers. */
  readonly offeredCapabilities: readonly string[] | null
  readonly issuerManifest?: VerifiedManifest | undefined
  /** How far ahead the issuer's clock may be, in seconds. Default 30. */
  readonly iatSkewSecs?: number | undefined
  readonly isRevoked?: ((jti: string, issuer: Aid) => boolean) | undefined
}

type CommitCheckId =
  | OpeningId<CommitPrefix>
  | `${CommitPrefix}.${'envelope_signature' | 'nonce_echo' | 'pop' | 'grants_offered'}`
  | TctTokenCheckId
  | VoucherCheckId
  | 'tct.revocation'

/** The ladder of either commit when it is judged by itself. */
export function rfcOrderCommitChecks(prefix: CommitPrefix): readonly CheckDefinition<CommitCheckId>[] {
  const table: readonly CheckDefinition[] = prefix === 'commit' ? commitChecks : commitAckChecks
  return pick<CommitCheckId>(table, [
    ...opening(prefix),
    `${prefix}.envelope_signature`,
    `${prefix}.nonce_echo`,
    `${prefix}.pop`,
    ...tctTokenChecks.map(({ id }) => id),
    ...voucherChecks.map(({ id }) => id),
    `${prefix}.grants_offered`,
    tctUseChecks[0].id,
  ])
}

/** Judges one MUTUAL_COMMIT or MUTUAL_COMMIT_ACK by itself. Throws `AitpError`. */
export function verifyCommitInRfcOrder(
  engine: Engine,
  text: string,
  terms: CommitInRfcOrderTerms,
): VerifiedTct {
  const prefix = terms.messageType === 'mutual_commit' ? 'commit' : 'commit_ack'
  const ladder: Ladder<CommitCheckId> = new Ladder(rfcOrderCommitChecks(prefix), terms.collector)
  const message = open(engine, ladder, prefix, text, commitShape, terms)
  const { sender, payload } = message
  const { now, selfAid, compat, sentNonce, offeredCapabilities, isRevoked } = terms
  requireEnvelopeSignature(engine, ladder, prefix, message, String(message.envelope['signature']), compat)
  if (sentNonce === null) {
    ladder.skip(`${prefix}.nonce_echo`, 'no nonce of this agent was given')
    ladder.skip(`${prefix}.pop`, 'no nonce of this agent was given')
  } else checkPossession(engine, ladder, prefix, { sender, ownNonce: sentNonce }, payload, compat)
  const tct = checkTctToken(engine, ladder, String(payload['tct']), {
    now,
    expectedIssuer: sender,
    expectedAudience: selfAid ?? undefined,
    issuerManifest: terms.issuerManifest,
    iatSkewSecs: terms.iatSkewSecs,
  })
  const { grant_voucher: voucher } = payload
  if (voucher === undefined) skipVoucher(ladder)
  else {
    checkVoucher(engine, ladder, String(voucher), {
      now,
      expectedIssuer: sender,
      expectedHolder: selfAid ?? undefined,
      tct: tct.claims,
    })
  }
  if (offeredCapabilities === null)
    ladder.skip(`${prefix}.grants_offered`, 'what the issuer offers was not given')
  else checkOffered(ladder, prefix, tct, offeredCapabilities)
  const grants = checkRevocation(ladder, tct.claims, { isRevoked })
  return { ...tct, grants }
}

function opening(prefix: HelloPrefix | CommitPrefix): readonly string[] {
  return ['envelope', 'message_type', 'version', 'timestamp', 'payload'].map((step) => `${prefix}.${step}`)
}

function open<Prefix extends HelloPrefix | CommitPrefix>(
  engine: Engine,
  ladder: Ladder<OpeningId<NoInfer<Prefix>>>,
  prefix: Prefix,
  text: string,
  shape: Shape,
  terms: LooseTerms & Pick<EnvelopeTerms, 'messageType'>,
): ParsedEnvelope {
  const message = requireEnvelope(engine, ladder, prefix, text)
  requireMessageType(ladder, prefix, message.envelope, terms.messageType)
  requireTimestamp(ladder, prefix, message, terms)
  requireShape(ladder, `${prefix}.payload`, message.payload, shape)
  return message
}

/** The rows of a table with these ids, in this order. */
function pick<Id extends string>(
  table: readonly CheckDefinition[],
  ids: readonly string[],
): readonly CheckDefinition<Id>[] {
  return ids.flatMap((id) => table.filter((row): row is CheckDefinition<Id> => row.id === id))
}
