import { type AgentKey, agentKey, p256AgentKey } from './agent-key.ts'
import { type Aid, parseAid } from './aid.ts'
import { type Collector, createCollector } from './collector.ts'
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
import { fingerprint } from './fingerprint.ts'
import { type AwaitingHelloAck, type StartInput, startHandshake } from './handshake/initiator.ts'
import type { HandshakeParty } from './handshake/party.ts'
import { type AwaitingCommit, type ReceiveHelloInput, receiveHello } from './handshake/responder.ts'
import { type BuildManifestOptions, type BuiltManifest, buildManifest } from './manifest/build.ts'
import type { VerifiedManifest } from './manifest/document.ts'
import { screenManifest } from './manifest/screen.ts'
import { type VerifyManifestOptions, verifyManifest } from './manifest/verify.ts'
import { createReplayStore, type ReplayStore, type ReplayStoreOptions } from './replay.ts'
import {
  type BuildRevocationListOptions,
  type BuiltRevocationList,
  buildRevocationList,
} from './revocation/build.ts'
import type { VerifiedRevocationList } from './revocation/document.ts'
import { type VerifyRevocationListOptions, verifyRevocationList } from './revocation/verify.ts'
import { type IssuedTct, type IssueTctOptions, issueTct } from './tct/issue.ts'
import { type TctContext, type VerifiedTct, verifyTct } from './tct/verify.ts'
import { type VerifiedVoucher, type VoucherContext, verifyVoucher } from './tct/voucher.ts'
import { thumbprint } from './thumbprint.ts'
import { newUuid, type RandomBytes } from './uuid.ts'

/** The protocol, bound to an engine. Pure and synchronous: time and randomness come in as arguments. */
export interface Aitp {
  /** Throws `AitpError` when the text is no AID with a usable key. */
  parseAid(text: string): Aid
  /** The Ed25519 key of a 32-byte seed. */
  agentKey(seed: Uint8Array): AgentKey
  /** The P-256 key of a 32-byte scalar. */
  p256AgentKey(scalar: Uint8Array): AgentKey
  /** RFC 7638 thumbprint of the key in an AID. */
  thumbprint(aid: Aid): string
  /** 16 hexadecimal digits by which a token can be recognised and not used. */
  fingerprint(text: string): string
  newUuid(randomBytes: RandomBytes): string
  createCollector(): Collector
  createReplayStore(options: ReplayStoreOptions): ReplayStore

  buildManifest(
    key: AgentKey,
    options: BuildManifestOptions,
    step: { readonly randomBytes: RandomBytes },
  ): BuiltManifest
  verifyManifest(text: string, options: VerifyManifestOptions): VerifiedManifest
  /** Throws when the two agents could not shake hands anyway. */
  screenManifest(own: VerifiedManifest, peer: VerifiedManifest): void

  startHandshake(
    party: HandshakeParty,
    peer: VerifiedManifest,
    requestedGrants: readonly string[],
    step: StartInput,
  ): { readonly state: AwaitingHelloAck; readonly message: string }
  receiveHello(
    party: HandshakeParty,
    text: string,
    step: ReceiveHelloInput,
  ): { readonly state: AwaitingCommit; readonly message: string; readonly peer: VerifiedManifest }

  issueTct(key: AgentKey, options: IssueTctOptions): IssuedTct
  verifyTct(token: string, context: TctContext): VerifiedTct
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

  buildRevocationList(key: AgentKey, options: BuildRevocationListOptions): BuiltRevocationList
  verifyRevocationList(text: string, options: VerifyRevocationListOptions): VerifiedRevocationList

  /** For display: takes a token apart and verifies nothing. */
  decodeToken(token: string): DecodedToken | null
}

export function createAitp(engine: Engine): Aitp {
  return {
    parseAid: (text) => parseAid(engine, text),
    agentKey: (seed) => agentKey(engine, seed),
    p256AgentKey: (scalar) => p256AgentKey(engine, scalar),
    thumbprint: (aid) => thumbprint(engine, aid),
    fingerprint: (text) => fingerprint(engine, text),
    newUuid,
    createCollector,
    createReplayStore,
    buildManifest: (key, options, step) => buildManifest(engine, key, options, step),
    verifyManifest: (text, options) => verifyManifest(engine, text, options),
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
    decodeToken: (token) => decodeToken(engine, token),
  }
}
