import type { Aid } from '../aid.ts'
import { equalInConstantTime } from '../bytes.ts'
import type { Compat } from '../compat.ts'
import { abbreviate, listOf } from '../describe.ts'
import type { Engine } from '../engine.ts'
import { type MessageType, sealEnvelope } from '../envelope.ts'
import { type OpenedEnvelope, openEnvelope } from '../envelope-checks.ts'
import { fingerprint } from '../fingerprint.ts'
import type { Ladder } from '../ladder.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { nonceSignatureFault, signNonce } from '../pop/nonce.ts'
import type { JsonObject } from '../strict-json.ts'
import { issueTct } from '../tct/issue.ts'
import { checkRevocation, checkTctToken, type VerifiedTct } from '../tct/verify.ts'
import { checkVoucher, skipVoucher } from '../tct/voucher.ts'
import { newUuid } from '../uuid.ts'
import type { CommitContentId, CommitPrefix } from './checks.ts'
import { grantsFor } from './grants.ts'
import type { HandshakeParty, HeldToken, IssuedToken, StepInput } from './party.ts'
import { commitShape } from './payloads.ts'

/** What both sides know once the hellos are exchanged. */
export interface Exchange {
  readonly peer: VerifiedManifest
  readonly ownNonce: string
  readonly peerNonce: string
  readonly requestedByPeer: readonly string[]
  readonly requestedByUs: readonly string[]
}

/** Issues the peer its TCT, recorded as the last check of the step. */
export function issueToPeer<Id extends string>(
  engine: Engine,
  ladder: Ladder<Id>,
  id: Id,
  party: HandshakeParty,
  { peer, requestedByPeer }: Exchange,
  { now, randomBytes }: StepInput,
): IssuedToken {
  const { key, manifest, tctTtlSecs, issueVoucher } = party
  if (now >= manifest.expiresAt) {
    const actual = String(manifest.expiresAt)
    ladder.refuse(id, { code: 'MANIFEST_EXPIRED', expected: `own manifest expires_at > now ${now}`, actual })
  }
  const grants = grantsFor(party, peer, requestedByPeer)
  ladder.require(id, grants.length > 0, () => ({
    expected: `some of ${listOf(requestedByPeer)}`,
    actual: listOf(grants),
    message: `${peer.aid} asked for ${listOf(requestedByPeer)}, this agent may grant it none of that`,
  }))
  const issued = issueTct(engine, key, {
    subject: peer.aid,
    grants,
    now,
    ttlSecs: tctTtlSecs,
    notAfter: manifest.expiresAt,
    jti: newUuid(randomBytes),
    issueVoucher,
  })
  return { ...issued, fingerprint: fingerprint(engine, issued.token) }
}

/** Writes either commit: the token, and the echo and signature over the receiver's nonce. */
export function writeCommit(
  engine: Engine,
  { key }: HandshakeParty,
  messageType: MessageType,
  { token, voucher }: IssuedToken,
  { peerNonce }: Exchange,
  { now, randomBytes }: StepInput,
): string {
  const payload = {
    tct: token,
    ...(voucher === null ? {} : { grant_voucher: voucher }),
    pop_signature: signNonce(engine, key, peerNonce),
    pop_nonce_echo: peerNonce,
  }
  return sealEnvelope(engine, key, { messageType, messageId: newUuid(randomBytes), timestamp: now, payload })
}

/** Opens the envelope of either commit. What fails here may have been sent by anybody. */
export function openCommit<Prefix extends CommitPrefix>(
  engine: Engine,
  ladder: Ladder<CommitContentId<Prefix>>,
  prefix: Prefix,
  party: HandshakeParty,
  { peer }: Exchange,
  text: string,
  now: number,
): OpenedEnvelope {
  const messageType = `mutual_${prefix}` as const
  const opened = openEnvelope(engine, ladder, prefix, text, {
    now,
    messageType,
    payload: commitShape,
    replay: party.replay,
    compat: party.compat,
  })
  ladder.require(`${prefix}.sender`, opened.sender === peer.aid, () => ({
    expected: peer.aid,
    actual: opened.sender,
  }))
  return opened
}

/** The checks of either commit behind its envelope: possession, the token, the voucher, what they grant. */
export function checkCommitContent<Prefix extends CommitPrefix>(
  engine: Engine,
  ladder: Ladder<CommitContentId<Prefix>>,
  prefix: Prefix,
  party: HandshakeParty,
  exchange: Exchange,
  { payload }: OpenedEnvelope,
  now: number,
): HeldToken {
  const sent = { sender: exchange.peer.aid, ownNonce: exchange.ownNonce }
  checkPossession(engine, ladder, prefix, sent, payload, party.compat)
  const { peer } = exchange
  const tct = checkTctToken(engine, ladder, String(payload['tct']), {
    now,
    expectedIssuer: peer.aid,
    expectedAudience: party.key.aid,
    issuerManifest: peer,
  })
  const { isRevoked } = party
  const isRevokedByPeer = isRevoked && ((jti: string) => isRevoked(jti, peer.aid))
  const { grant_voucher } = payload
  let voucher: HeldToken['voucher'] = null
  if (grant_voucher === undefined) skipVoucher(ladder)
  else {
    voucher = checkVoucher(engine, ladder, String(grant_voucher), {
      now,
      expectedIssuer: peer.aid,
      expectedHolder: party.key.aid,
      tct: tct.claims,
      isRevoked: isRevokedByPeer,
    }).token
  }
  checkOffered(ladder, prefix, tct, peer.body.offered_capabilities)
  checkRevocation(ladder, tct.claims, { isRevoked: isRevokedByPeer })
  checkRequired(ladder, prefix, tct, party.manifest)
  const { token, claims } = tct
  const unrequestedGrants = claims.grants.filter((grant) => !exchange.requestedByUs.includes(grant))
  return { token, fingerprint: fingerprint(engine, token), claims, voucher, unrequestedGrants }
}

export function checkNonceEcho<Id extends string>(
  ladder: Ladder<Id>,
  id: Id,
  own: string,
  payload: JsonObject,
): void {
  const echo = String(payload['pop_nonce_echo'])
  ladder.require(id, equalInConstantTime(echo, own), () => ({
    expected: abbreviate(own),
    actual: abbreviate(echo),
  }))
}

/** The echo and the signature over the nonce this agent sent. */
export function checkPossession<Prefix extends CommitPrefix>(
  engine: Engine,
  ladder: Ladder<`${NoInfer<Prefix>}.${'nonce_echo' | 'pop'}`>,
  prefix: Prefix,
  { sender, ownNonce }: { readonly sender: Aid; readonly ownNonce: string },
  payload: JsonObject,
  compat: Compat | undefined,
): void {
  checkNonceEcho(ladder, `${prefix}.nonce_echo`, ownNonce, payload)
  const fault = nonceSignatureFault(engine, sender, ownNonce, String(payload['pop_signature']), compat)
  ladder.require(`${prefix}.pop`, fault === undefined, () => ({
    expected: `signed by ${sender}`,
    actual: fault ?? 'verifies',
  }))
}

export function checkOffered<Prefix extends CommitPrefix>(
  ladder: Ladder<`${NoInfer<Prefix>}.grants_offered`>,
  prefix: Prefix,
  { claims }: VerifiedTct,
  offered: readonly string[],
): void {
  const overflow = claims.grants.filter((grant) => !offered.includes(grant))
  ladder.require(`${prefix}.grants_offered`, overflow.length === 0, () => ({
    expected: `among ${listOf(offered)}`,
    actual: listOf(claims.grants),
    message: `${claims.iss} grants ${listOf(overflow)}, which its manifest does not offer`,
  }))
}

function checkRequired<Prefix extends CommitPrefix>(
  ladder: Ladder<CommitContentId<Prefix>>,
  prefix: Prefix,
  { claims }: VerifiedTct,
  own: VerifiedManifest,
): void {
  const required = own.body.required_peer_capabilities ?? []
  const missing = required.filter((name) => !claims.grants.includes(name))
  ladder.require(`${prefix}.required_capabilities`, missing.length === 0, () => ({
    expected: listOf(required),
    actual: listOf(claims.grants),
    message: `${claims.iss} grants ${listOf(claims.grants)}, this agent requires ${listOf(missing)}`,
  }))
}
