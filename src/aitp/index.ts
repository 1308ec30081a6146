export type { AgentKey } from './agent-key.ts'
export { type Aid, aidIdentifier, isSameKey } from './aid.ts'
export { type Aitp, createAitp } from './aitp.ts'
export type { BuildSessionBundleOptions, BuiltSessionBundle } from './bundle/build.ts'
export { bundleChecks } from './bundle/checks.ts'
export type {
  BundleParticipant,
  SessionBundleBody,
  SessionBundleDocument,
  VerifiedSessionBundle,
} from './bundle/document.ts'
export type { SessionBundleContext } from './bundle/verify.ts'
export type { CheckDefinition, Collector } from './collector.ts'
export { type Compat, currentOnly, transition } from './compat.ts'
export type { DecodedToken, TokenKind } from './decode-token.ts'
export type { BuildDelegationOptions, ExtendDelegationOptions, IssuedDelegation } from './delegation/build.ts'
export { delegationChecks, multihopDelegationChecks } from './delegation/checks.ts'
export type { DelegationClaims } from './delegation/claims.ts'
export type { RedeemDelegationOptions, RedeemedTct } from './delegation/redeem.ts'
export type { DelegationContext, VerifiedDelegation } from './delegation/verify.ts'
export type { Engine, P256Point, RsaPublicKey, Signer } from './engine.ts'
export { type MessageType, messageTypes } from './envelope.ts'
export { type EnvelopeContext, type OpenedEnvelope, standaloneEnvelopeChecks } from './envelope-checks.ts'
export {
  type ErrorEnvelopeContext,
  type ErrorEnvelopeOptions,
  errorEnvelopeChecks,
  type ReceivedError,
} from './error/envelope.ts'
export { AitpError, type AitpErrorDetails, type ErrorCode, errorCodes, isErrorCode } from './errors.ts'
export {
  isExtensionKey,
  type ManifestService,
  manifestExtensionKeys,
  reservedExtensionKeys,
  type ServiceAddress,
  serviceAddress,
} from './extensions.ts'
export { commitAckChecks, commitChecks, helloAckChecks, helloChecks } from './handshake/checks.ts'
export type { AwaitingCommitAck, AwaitingHelloAck, StartInput } from './handshake/initiator.ts'
export type {
  Established,
  HandshakeParty,
  HeldToken,
  IssuedToken,
  Now,
  StepInput,
} from './handshake/party.ts'
export type { AwaitingCommit, ReceiveHelloInput } from './handshake/responder.ts'
export {
  type CommitInRfcOrderTerms,
  type HelloInRfcOrderTerms,
  rfcOrderCommitChecks,
  rfcOrderHelloChecks,
} from './handshake/rfc-order.ts'
export { type IdentityTokenAlgorithm, identityTokenAlgorithms, type Jwk, parseJwks } from './identity/jwk.ts'
export { type IdentityTokenContext, type IdentityTokenRequest, identityTokenChecks } from './identity/oidc.ts'
export type { Pin, PinStore } from './identity/pins.ts'
export { canonicalize } from './jcs.ts'
export type { CompactJws, TokenTyp } from './jws.ts'
export type { BuildManifestOptions, BuiltManifest } from './manifest/build.ts'
export {
  type ManifestCache,
  type ManifestCacheOptions,
  newerManifest,
  type PeerManifestSources,
  resolvePeerManifest,
} from './manifest/cache.ts'
export type {
  IdentityHint,
  IdentityType,
  ManifestBody,
  ManifestDocument,
  VerifiedManifest,
} from './manifest/document.ts'
export {
  finalManifestExpiry,
  isRefreshDue,
  isRenewalDue,
  keyRetirementTime,
  refreshIntervalSecs,
} from './manifest/refresh.ts'
export { manifestChecks, type VerifyManifestOptions } from './manifest/verify.ts'
export {
  type IssueChallengeOptions,
  type PopChallengeContext,
  popChallengeChecks,
  type VerifiedPopChallenge,
} from './pop/challenge.ts'
export { popHeaders } from './pop/header.ts'
export { type PopResponseContext, popResponseChecks } from './pop/response.ts'
export type { ChallengeStore, ChallengeStoreOptions } from './pop/store.ts'
export { type RenewalContext, type RenewedTct, renewalChecks } from './renewal/request.ts'
export { type RenewalResponseContext, renewalResponseChecks } from './renewal/response.ts'
export type { RenewalStore } from './renewal/store.ts'
export type { ReplayStore, ReplayStoreOptions, ReplayVerdict } from './replay.ts'
export type { ArtefactSubject, Check, CheckStatus, Report, ReportSubject } from './report.ts'
export type { BuildRevocationListOptions, BuiltRevocationList } from './revocation/build.ts'
export {
  decideRevocation,
  type RevocationDecision,
  type RevocationFailMode,
  type RevocationPolicy,
  type RevocationQuestion,
  type RevocationSource,
  type RevocationTerms,
} from './revocation/decision.ts'
export type {
  RevocationEntry,
  RevocationListBody,
  RevocationListDocument,
  VerifiedRevocationList,
} from './revocation/document.ts'
export {
  newerRevocationList,
  revocationChecks,
  type VerifyRevocationListOptions,
} from './revocation/verify.ts'
export type { SpkiPins } from './spki.ts'
export {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  parseStrictJsonObject,
  StrictJsonError,
  type StrictJsonOptions,
} from './strict-json.ts'
export type { VerificationCache } from './tct/cache.ts'
export type { ProvableClaims, TctClaims, VoucherClaims } from './tct/claims.ts'
export type { IssuedTct, IssueTctOptions } from './tct/issue.ts'
export { type TctContext, tctChecks, type VerifiedTct } from './tct/verify.ts'
export { type VerifiedVoucher, type VoucherContext, voucherChecks } from './tct/voucher.ts'
export {
  type KeyResolutionPolicy,
  type TrustAnchor,
  type TrustConfig,
  TrustConfigError,
} from './trust/config.ts'
export type { FetchedDocument, IssuerKeysInput, IssuerKeysResolution } from './trust/issuer-keys.ts'
export type { RandomBytes } from './uuid.ts'
export { AITP_VERSION } from './version.ts'
