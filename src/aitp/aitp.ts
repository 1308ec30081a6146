import { type AgentKey, agentKey, p256AgentKey } from './agent-key.ts'
import { type Aid, parseAid } from './aid.ts'
import {
  type BuildSessionBundleOptions,
  type BuiltSessionBundle,
  buildSessionBundle,
} from './bundle/build.ts'
import type { VerifiedSessionBundle } from './bundle/document.ts'
import { type SessionBundleContext, verifySessionBundle } from './bundle/verify.ts'
import { type Collector, createCollector } from './collector.ts'
import type { Compat } from './compat.ts'
import { type DecodedToken, decodeToken } from './decode-token.ts'
import {
  type BuildDelegationOptions,
  buildDelegation,
  type ExtendDelegationOptions,
  extendDelegation,
  type IssuedDelegation,
} from './delegation/build.ts'
import { type RedeemDelegationOptions, type RedeemedTct, redeemDelegation } from './delegation/redeem.ts'
import { type DelegationContext, type VerifiedDelegation, verifyDelegation } from './delegation/verify.ts'
import type { Engine } from './engine.ts'
import { type EnvelopeContext, type OpenedEnvelope, verifyEnvelope } from './envelope-checks.ts'
import { errorBody, readError } from './error/body.ts'
import {
  buildErrorEnvelope,
  type ErrorEnvelopeContext,
  type ErrorEnvelopeOptions,
  type ReceivedError,
  verifyErrorEnvelope,
} from './error/envelope.ts'
import type { AitpError } from './errors.ts'
import { fingerprint } from './fingerprint.ts'
import { type AwaitingHelloAck, type StartInput, startHandshake } from './handshake/initiator.ts'
import type { HandshakeParty, HeldToken } from './handshake/party.ts'
import { type AwaitingCommit, type ReceiveHelloInput, receiveHello } from './handshake/responder.ts'
import {
  type CommitInRfcOrderTerms,
  type HelloInRfcOrderTerms,
  verifyCommitInRfcOrder,
  verifyHelloInRfcOrder,
} from './handshake/rfc-order.ts'
import { type IdentityTokenContext, identityTokenKeyId, verifyIdentityToken } from './identity/oidc.ts'
import { rememberingKeys } from './known-keys.ts'
import { type BuildManifestOptions, type BuiltManifest, buildManifest } from './manifest/build.ts'
import { createManifestCache, type ManifestCache, type ManifestCacheOptions } from './manifest/cache.ts'
import type { VerifiedManifest } from './manifest/document.ts'
import { screenManifest } from './manifest/screen.ts'
import { type VerifyManifestOptions, verifyManifest } from './manifest/verify.ts'
import {
  type IssueChallengeOptions,
  issuePopChallenge,
  type PopChallengeContext,
  type VerifiedPopChallenge,
  verifyPopChallenge,
} from './pop/challenge.ts'
import { fromPopHeader, toPopHeader } from './pop/header.ts'
import { nonceSignatureFault, signNonce } from './pop/nonce.ts'
import { answerPopChallenge, type PopResponseContext, verifyPopResponse } from './pop/response.ts'
import { type ChallengeStore, type ChallengeStoreOptions, createChallengeStore } from './pop/store.ts'
import {
  buildRenewalRequest,
  processRenewalRequest,
  type RenewalContext,
  type RenewedTct,
} from './renewal/request.ts'
import { type RenewalResponseContext, verifyRenewalResponse } from './renewal/response.ts'
import { createRenewalStore, type RenewalStore } from './renewal/store.ts'
import { createReplayStore, type ReplayStore, type ReplayStoreOptions } from './replay.ts'
import {
  type BuildRevocationListOptions,
  type BuiltRevocationList,
  buildRevocationList,
} from './revocation/build.ts'
import type { VerifiedRevocationList } from './revocation/document.ts'
import { type VerifyRevocationListOptions, verifyRevocationList } from './revocation/verify.ts'
import { createSpkiPins, type SpkiPins, spkiHash } from './spki.ts'
import { createVerificationCache, type VerificationCache, verifyTctCached } from './tct/cache.ts'
import { type IssuedTct, type IssueTctOptions, issueTct } from './tct/issue.ts'
import { type TctContext, type VerifiedTct, verifyTct } from './tct/verify.ts'
import { type VerifiedVoucher, type VoucherContext, verifyVoucher } from './tct/voucher.ts'
import { thumbprint } from './thumbprint.ts'
import { parseTrustConfig, type TrustConfig } from './trust/config.ts'
import { type IssuerKeysInput, type IssuerKeysResolution, resolveIssuerKeys } from './trust/issuer-keys.ts'
import { newUuid, type RandomBytes } from './uuid.ts'

/** The protocol, bound to an engine. Pure and synchronous: time and randomness come in as arguments. */
export interface Aitp {
  /** Throws `AitpError` when the text is no AID with a usable key. */
  parseAid(text: string): Aid
  /** The Ed25519 key of a 32-byte seed. */
  agentKey(seed: Uint8Array): AgentKey
  /** The P-256 key of a 32-byte scalar. */
  p256AgentKey(scalar: Uint8Array, compat?: Pick<Compat, 'emitPrehashedP256'>): AgentKey
  /** RFC 7638 thumbprint of the key in an AID. */
  thumbprint(aid: Aid): string
  /** 16 hexadecimal digits by which a token can be recognised and not used. */
  fingerprint(text: string): string
  /** A fresh version 4 UUID in lowercase. */
  newUuid(randomBytes: RandomBytes): string
  /** Where one verification writes its ladder. */
  createCollector(): Collector
  /** Remembers message ids, 600 s or longer. */
  createReplayStore(options: ReplayStoreOptions): ReplayStore
  /** Remembers challenges until they are answered once. */
  createChallengeStore(options: ChallengeStoreOptions): ChallengeStore
  /** Remembers renewal requests until their token expires. */
  createRenewalStore(options: { readonly capacity: number }): RenewalStore
  /** Manifests of peers, never given out once expired. */
  createManifestCache(options: ManifestCacheOptions): ManifestCache
  /** Tokens whose signature has verified; refusals are never kept. */
  createVerificationCache(options: { readonly maxEntries: number }): VerificationCache

  /** Signs what this agent says about itself. Throws `TypeError` for what no peer could accept. */
  buildManifest(
    key: AgentKey,
    options: BuildManifestOptions,
    step: { readonly randomBytes: RandomBytes },
  ): BuiltManifest
  /** Verifies a manifest as served (RFC-AITP-0003). Throws `AitpError`. */
  verifyManifest(text: string, options: VerifyManifestOptions): VerifiedManifest
  /** Verifies the JWT of an OIDC identity on its own. Throws `AitpError`. */
  verifyIdentityToken(token: string, context: IdentityTokenContext): void
  /** The `kid` a JWT names, for fetching keys before anything is verified. */
  identityTokenKeyId(token: string): string | undefined
  /** Throws when the two agents could not shake hands anyway. */
  screenManifest(own: VerifiedManifest, peer: VerifiedManifest): void

  /** Opens a handshake: the hello to send and the state that waits for its ack. Throws `AitpError`. */
  startHandshake(
    party: HandshakeParty,
    peer: VerifiedManifest,
    requestedGrants: readonly string[],
    step: StartInput,
  ): { readonly state: AwaitingHelloAck; readonly message: string }
  /** Answers a hello: the ack to send and the state that waits for the commit. Throws `AitpError`. */
  receiveHello(
    party: HandshakeParty,
    text: string,
    step: ReceiveHelloInput,
  ): { readonly state: AwaitingCommit; readonly message: string; readonly peer: VerifiedManifest }

  /** Verifies a signed envelope of whatever kind; nothing in it is judged. */
  verifyEnvelope(text: string, context: EnvelopeContext): OpenedEnvelope
  /** Judges one hello by itself, the envelope signature last as RFC-AITP-0004 has it. Not for real handshakes. */
  verifyHelloInRfcOrder(text: string, terms: HelloInRfcOrderTerms): VerifiedManifest
  /** Judges one commit by itself. Not for real handshakes. */
  verifyCommitInRfcOrder(text: string, terms: CommitInRfcOrderTerms): VerifiedTct

  /** Signs a TCT, and its voucher when asked to (RFC-AITP-0005). Throws `AitpError` when there is nothing to grant. */
  issueTct(key: AgentKey, options: IssueTctOptions): IssuedTct
  /** Verifies a TCT over exactly the characters received (RFC-AITP-0005 §7.2). Throws `AitpError`. */
  verifyTct(token: string, context: TctContext): VerifiedTct
  /** As `verifyTct`; a token that the cache knows is not verified again, only held against the context. */
  verifyTctCached(token: string, context: TctContext, cache: VerificationCache): VerifiedTct
  /** Verifies a grant voucher (RFC-AITP-0005 §8). Throws `AitpError`. */
  verifyVoucher(token: string, context: VoucherContext): VerifiedVoucher
  /** Passes part of a held TCT on to another agent, by the voucher that came with it. */
  buildDelegation(key: AgentKey, options: BuildDelegationOptions): IssuedDelegation
  /** Passes a delegation on by one more hop, for verifiers that accept chains. */
  extendDelegation(key: AgentKey, options: ExtendDelegationOptions): IssuedDelegation
  /** At the agent whose TCT was delegated. Throws `AitpError`. */
  verifyDelegation(token: string, context: DelegationContext): VerifiedDelegation
  /** The TCT of a delegatee; it never outlives the delegation. */
  redeemDelegation(
    key: AgentKey,
    delegation: VerifiedDelegation,
    options: RedeemDelegationOptions,
  ): RedeemedTct

  /** Signs a snapshot of what this agent has revoked, also of nothing (RFC-AITP-0008 §1.5). */
  buildRevocationList(key: AgentKey, options: BuildRevocationListOptions): BuiltRevocationList
  /** Verifies a snapshot as served (RFC-AITP-0008). Throws `AitpError`. */
  verifyRevocationList(text: string, options: VerifyRevocationListOptions): VerifiedRevocationList

  /** Asks whoever presented a TCT of this agent to prove possession of its key. A `pop_challenge` envelope. */
  issuePopChallenge(key: AgentKey, options: IssueChallengeOptions): string
  /** Verifies a challenge before anything is signed for it (RFC-AITP-0005 §6.1). Throws `AitpError`. */
  verifyPopChallenge(text: string, context: PopChallengeContext): VerifiedPopChallenge
  /** A `pop_response` envelope. */
  answerPopChallenge(
    key: AgentKey,
    challenge: VerifiedPopChallenge,
    step: { readonly now: number; readonly randomBytes: RandomBytes },
  ): string
  /** Uses the challenge up and says who has proven possession. */
  verifyPopResponse(text: string, context: PopResponseContext): Aid
  /** The header value of a challenge or response. */
  toPopHeader(envelope: string): string
  /** The envelope in a header value, unverified; `undefined` when there is none. */
  fromPopHeader(value: string): string | undefined
  /** The signature over the 16 bytes of a nonce of 22 characters. Throws `TypeError` for any other length. */
  signNonce(key: AgentKey, nonce: string): string
  /** Whether a signature over a nonce verifies under the key in the AID. */
  verifyNonceSignature(signer: Aid, nonce: string, signature: string, compat?: Compat): boolean

  /** Signs who takes part in a session (RFC-AITP-0010). Throws `AitpError` for a token that does not verify. */
  buildSessionBundle(key: AgentKey, options: BuildSessionBundleOptions): BuiltSessionBundle
  /** Verifies a session bundle at one of its participants (RFC-AITP-0010 §5). Throws `AitpError`. */
  verifySessionBundle(text: string, context: SessionBundleContext): VerifiedSessionBundle

  /** The request for the next TCT, JSON text. */
  buildRenewalRequest(
    key: AgentKey,
    current: Pick<VerifiedTct, 'token' | 'claims'>,
    step: { readonly randomBytes: RandomBytes },
  ): string
  /** Answers a renewal request (RFC-AITP-0005). Throws `AitpError`. */
  processRenewalRequest(text: string, context: RenewalContext): RenewedTct
  /** Verifies a renewed TCT at its holder. Throws `AitpError`. */
  verifyRenewalResponse(text: string, context: RenewalResponseContext): HeldToken

  /** A refusal as a signed envelope. */
  buildErrorEnvelope(key: AgentKey, options: ErrorEnvelopeOptions): string
  /** Verifies a refusal that came as a signed envelope. Throws `AitpError`. */
  verifyErrorEnvelope(text: string, context: ErrorEnvelopeContext): ReceivedError
  /** A refusal as the small JSON body of the HTTP binding. */
  errorBody(error: Pick<AitpError, 'code' | 'retryable'>, message?: string): string
  /** A refusal in either form, `undefined` when the text is none. */
  readError(text: string, context: ErrorEnvelopeContext): ReceivedError | undefined

  /** The operators' trust file. Throws `StrictJsonError` or `TrustConfigError`. */
  parseTrustConfig(text: string): TrustConfig
  /** One step of resolving an issuer's keys: the keys, or the address to fetch next. */
  resolveIssuerKeys(input: IssuerKeysInput): IssuerKeysResolution
  /** SHA-256 of the public key info of a DER certificate, 32 bytes. */
  spkiHash(certificate: Uint8Array): Uint8Array
  /** Pins of TLS server keys, each 32 bytes. Throws `TypeError` for none. */
  createSpkiPins(pins: readonly Uint8Array[]): SpkiPins

  /** For display: takes a token apart and verifies nothing. */
  decodeToken(token: string): DecodedToken | null
}

/** Binds the protocol to an engine. What it remembers of keys belongs to the returned object alone. */
export function createAitp(plain: Engine): Aitp {
  const engine = rememberingKeys(plain)
  return {
    parseAid: (text) => parseAid(engine, text),
    agentKey: (seed) => agentKey(engine, seed),
    p256AgentKey: (scalar, compat) => p256AgentKey(engine, scalar, compat),
    thumbprint: (aid) => thumbprint(engine, aid),
    fingerprint: (text) => fingerprint(engine, text),
    newUuid,
    createCollector,
    createReplayStore,
    createChallengeStore,
    createRenewalStore,
    createManifestCache,
    createVerificationCache,
    buildManifest: (key, options, step) => buildManifest(engine, key, options, step),
    verifyManifest: (text, options) => verifyManifest(engine, text, options),
    verifyIdentityToken: (token, context) => verifyIdentityToken(engine, token, context),
    identityTokenKeyId: (token) => identityTokenKeyId(engine, token),
    screenManifest,
    startHandshake: (party, peer, requestedGrants, step) =>
      startHandshake(engine, party, peer, requestedGrants, step),
    receiveHello: (party, text, step) => receiveHello(engine, party, text, step),
    issueTct: (key, options) => issueTct(engine, key, options),
    verifyTct: (token, context) => verifyTct(engine, token, context),
    verifyVoucher: (token, context) => verifyVoucher(engine, token, context),
    buildDelegation: (key, options) => buildDelegation(engine, key, options),
    extendDelegation: (key, options) => extendDelegation(engine, key, options),
    verifyDelegation: (token, context) => verifyDelegation(engine, token, context),
    redeemDelegation: (key, delegation, options) => redeemDelegation(engine, key, delegation, options),
    buildRevocationList: (key, options) => buildRevocationList(engine, key, options),
    verifyRevocationList: (text, options) => verifyRevocationList(engine, text, options),
    verifyEnvelope: (text, context) => verifyEnvelope(engine, text, context),
    verifyHelloInRfcOrder: (text, terms) => verifyHelloInRfcOrder(engine, text, terms),
    verifyCommitInRfcOrder: (text, terms) => verifyCommitInRfcOrder(engine, text, terms),
    issuePopChallenge: (key, options) => issuePopChallenge(engine, key, options),
    verifyPopChallenge: (text, context) => verifyPopChallenge(engine, text, context),
    answerPopChallenge: (key, challenge, step) => answerPopChallenge(engine, key, challenge, step),
    verifyPopResponse: (text, context) => verifyPopResponse(engine, text, context),
    toPopHeader: (envelope) => toPopHeader(engine, envelope),
    fromPopHeader: (value) => fromPopHeader(engine, value),
    signNonce: (key, nonce) => signNonce(engine, key, nonce),
    verifyNonceSignature: (signer, nonce, signature, compat) =>
      nonceSignatureFault(engine, signer, nonce, signature, compat) === undefined,
    buildSessionBundle: (key, options) => buildSessionBundle(engine, key, options),
    verifySessionBundle: (text, context) => verifySessionBundle(engine, text, context),
    verifyTctCached: (token, context, cache) => verifyTctCached(engine, token, context, cache),
    buildRenewalRequest: (key, current, step) => buildRenewalRequest(engine, key, current, step),
    processRenewalRequest: (text, context) => processRenewalRequest(engine, text, context),
    verifyRenewalResponse: (text, context) => verifyRenewalResponse(engine, text, context),
    buildErrorEnvelope: (key, options) => buildErrorEnvelope(engine, key, options),
    verifyErrorEnvelope: (text, context) => verifyErrorEnvelope(engine, text, context),
    errorBody,
    readError: (text, context) => readError(engine, text, context),
    parseTrustConfig: (text) => parseTrustConfig(engine, text),
    resolveIssuerKeys: (input) => resolveIssuerKeys(engine, input),
    spkiHash: (certificate) => spkiHash(engine, certificate),
    createSpkiPins: (pins) => createSpkiPins(engine, pins),
    decodeToken: (token) => decodeToken(engine, token),
  }
}
