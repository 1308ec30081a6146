import { expect, it } from 'vitest'
import { bundleSigningInput } from '../../src/aitp/bundle/build.ts'
import { chainHash } from '../../src/aitp/delegation/chain-hash.ts'
import { AitpError, type ErrorCode, errorCodes } from '../../src/aitp/index.ts'
import { revocationSigningInput } from '../../src/aitp/revocation/build.ts'
import * as hop from './delegation/scene.ts'
import {
  A,
  ATTACKER,
  aitp,
  B,
  C,
  counting,
  D,
  engine,
  manifestOf,
  mint,
  refusal,
  resignManifest,
  signField,
  T0,
} from './fixtures.ts'
import { type Edit, edited, Scene } from './handshake/scene.ts'

const JTI = '550e8400-e29b-41d4-a716-446655440000'
const issued = aitp.issueTct(A, {
  subject: B.aid,
  grants: ['alpha.read'],
  now: T0,
  ttlSecs: 3600,
  notAfter: T0 + 86400,
  jti: JTI,
})
const receipt = { now: T0, expectedIssuer: A.aid, expectedAudience: B.aid }
const tct = (changes: object, options?: object) =>
  aitp.verifyTct(mint(A, { ...issued.claims, ...changes }, options), receipt)

const { document } = manifestOf(A, 'alpha')
const manifest = (changes: object, key = A, now = T0) =>
  aitp.verifyManifest(
    JSON.stringify({ manifest: resignManifest(key, { ...document.manifest, ...changes }) }),
    { now },
  )

/** A hello with an edit, at a responder that has seen nothing. */
function hello(edit: Edit, key = A) {
  const scene = new Scene()
  return aitp.receiveHello(scene.b, edited(scene.start().message, edit, key), scene.step(T0 + 1))
}

function commit(edit: Edit) {
  const scene = new Scene()
  const { ack, commit: sent } = scene.untilCommit()
  return ack.state.onCommit(edited(sent.message, edit, A), scene.step(T0 + 3))
}

const untouched: Edit = () => undefined

function replayed() {
  const scene = new Scene()
  const { message } = scene.start()
  scene.receive(message)
  return scene.receive(message)
}

function identity(changes: object): Edit {
  return ({ payload }) => {
    payload['identity'] = { ...(payload['identity'] as object), ...changes }
  }
}

const delegation = (changes: object, more: object = {}) =>
  aitp.verifyDelegation(mint(B, { ...hop.claims, ...changes }, { typ: hop.typ }), { ...hop.context, ...more })
const parent = mint(B, { ...hop.claims, jti: hop.JTI_1 }, { typ: hop.typ })
const chained = (chain_hash: string, maxHops: number) =>
  delegation(
    { iss: C.aid, sub: D.aid, jti: hop.JTI_2, chain: [parent], chain_hash, voucher: undefined },
    { maxHops },
  )

const snapshot = aitp.buildRevocationList(A, { entries: [], publishedAt: T0 }).document
const revocations = (changes: object, key = A) => {
  const body = { ...snapshot.revocation_list, ...changes }
  const signature = signField(key, revocationSigningInput(engine, body))
  return aitp.verifyRevocationList(JSON.stringify({ revocation_list: body, signature }), { now: T0 })
}

const bundled = aitp.buildSessionBundle(A, {
  sessionId: JTI,
  issuedAt: T0,
  participants: [{ aid: B.aid, tct: issued.token }],
}).document.session_bundle
function bundle(changes: object, { key = A, self = B, now = T0 } = {}) {
  const { signature: _, ...body } = { ...bundled, ...changes }
  const signature = signField(key, bundleSigningInput(engine, body))
  const text = JSON.stringify({ session_bundle: { ...body, signature } })
  return aitp.verifySessionBundle(text, { now, selfAid: self.aid })
}
const withToken = (changes: object, key = A) =>
  bundle({ participants: [{ aid: B.aid, tct: mint(key, { ...issued.claims, ...changes }) }] })

const challenges = aitp.createChallengeStore({ capacity: 9 })
const randomBytes = counting()
const possession = { now: T0, claims: issued.claims, challenges }
const challenge = () => aitp.issuePopChallenge(A, { ...possession, randomBytes })
function answer(edit: Edit) {
  const verified = aitp.verifyPopChallenge(challenge(), possession)
  return aitp.verifyPopResponse(
    edited(aitp.answerPopChallenge(B, verified, { now: T0, randomBytes }), edit, B),
    possession,
  )
}

/** Nothing in the library raises it: only who fetches can tell that nothing was found. */
type Foreign = 'MANIFEST_NOT_FOUND'

/** For every code something that really ends in it. */
const producers: Readonly<Record<Exclude<ErrorCode, Foreign>, () => unknown>> = {
  INVALID_ENVELOPE: () =>
    hello((draft) => {
      draft.message_type = 'tct'
    }),
  INVALID_SIGNATURE: () => hello(untouched, ATTACKER),
  REPLAY_DETECTED: replayed,
  TIMESTAMP_EXPIRED: () =>
    hello((draft) => {
      draft.timestamp = T0 - 600
    }),
  UNKNOWN_VERSION: () =>
    hello((draft) => {
      draft.version = 'aitp/0.1'
    }),
  UNKNOWN_FIELD: () => tct({ device_id: 1 }),
  IDENTITY_FAILED: () => hello(identity({ proof: 'x' })),
  POLICY_VIOLATION: () => aitp.verifyTct(issued.token, { ...receipt, requiredGrant: 'alpha.admin' }),
  GRANT_OVERFLOW: () => {
    const overflowing = mint(A, { ...issued.claims, iat: T0 + 2, grants: ['alpha.admin'] })
    return commit(({ payload }) => {
      payload['tct'] = overflowing
      delete payload['grant_voucher']
    })
  },
  INSUFFICIENT_GRANTS: () =>
    aitp.screenManifest(manifestOf(B, 'beta', { requires: ['alpha.admin'] }).verified, manifest({})),
  KEY_RESOLUTION_FAILED: () =>
    aitp.resolveIssuerKeys({
      issuer: 'https://idp.example.com',
      now: T0,
      policy: { offlineMode: true, cacheTtlSecs: 0, failMode: 'fail_closed' },
      anchors: [],
      documents: new Map(),
    }),
  TOKEN_ALG_MISMATCH: () => tct({}, { alg: 'none' }),
  TOKEN_TYP_MISMATCH: () => tct({}, { typ: 'JWT' }),
  TCT_EXPIRED: () => tct({ exp: T0, iat: T0 - 1 }),
  TCT_REVOKED: () => aitp.verifyTct(issued.token, { ...receipt, isRevoked: () => true }),
  TCT_SIGNATURE_INVALID: () => aitp.verifyTct(mint(ATTACKER, issued.claims), receipt),
  TCT_EXPIRES_AFTER_MANIFEST: () =>
    aitp.verifyTct(issued.token, {
      ...receipt,
      issuerManifest: manifestOf(A, 'alpha', { expiresAt: T0 + 9 }).verified,
    }),
  POP_VERIFICATION_FAILED: () =>
    commit(({ payload }) => {
      payload['pop_signature'] = 'x'
    }),
  NONCE_MISMATCH: () =>
    commit(({ payload }) => {
      payload['pop_nonce_echo'] = 'A'.repeat(22)
    }),
  AUDIENCE_MISMATCH: () => tct({ aud: C.aid }),
  POP_CHALLENGE_INVALID: () =>
    aitp.verifyPopChallenge(challenge(), { ...possession, claims: { ...issued.claims, jti: hop.JTI_1 } }),
  POP_RESPONSE_INVALID: () =>
    answer(({ payload }) => {
      payload['nonce_echo'] = 'A'.repeat(22)
    }),
  MANIFEST_EXPIRED: () => manifest({}, A, T0 + 86400),
  MANIFEST_SIGNATURE_INVALID: () => manifest({}, ATTACKER),
  MANIFEST_POP_FAILED: () =>
    manifest({ proof_of_possession: { ...document.manifest.proof_of_possession, signature: 'x' } }),
  MANIFEST_VERSION_UNKNOWN: () => manifest({ version: 'aitp/9.9' }),
  MANIFEST_INVALID: () => manifest({ handshake_endpoint: 1 }),
  INCOMPATIBLE_TRUST_ANCHORS: () => {
    const peer = manifest({
      identity_hint: { type: 'oidc', subject: 'x', issuer: 'https://idp.example.com' },
    })
    const own = manifest({ accepted_identity_types: ['oidc', 'pinned_key'] })
    aitp.screenManifest(own, peer)
  },
  INCOMPATIBLE_IDENTITY_TYPE: () =>
    aitp.screenManifest(manifest({}), manifest({ accepted_identity_types: [] })),
  REVOCATION_SNAPSHOT_INVALID: () => revocations({ published_at: -1 }),
  REVOCATION_SNAPSHOT_SIGNATURE_INVALID: () => revocations({}, ATTACKER),
  DELEGATION_AUDIENCE_MISMATCH: () => delegation({ aud: B.aid }),
  DELEGATION_SCOPE_EXCEEDED: () => delegation({ scope: ['alpha.admin'] }),
  DELEGATION_INVALID_VOUCHER: () => delegation({ voucher: 'x' }),
  DELEGATION_SOURCE_TCT_REVOKED: () => delegation({}, { isRevoked: () => true }),
  DELEGATION_INVALID_SIGNATURE: () => delegation({ scope: [] }),
  DELEGATION_EXPIRED: () => delegation({ exp: hop.NOW }),
  DELEGATION_POP_FAILED: () => delegation({}, { presenter: null }),
  DELEGATION_MULTIHOP_NOT_SUPPORTED: () => delegation({ chain: [] }),
  DELEGATION_HOP_LIMIT_EXCEEDED: () => chained(chainHash(engine, [parent]), 2),
  DELEGATION_CHAIN_HASH_MISMATCH: () => chained('A'.repeat(43), 3),
  BUNDLE_INVALID_SIGNATURE: () => bundle({}, { key: ATTACKER }),
  BUNDLE_VERSION_MISMATCH: () => bundle({ version: 'aitp/0.1' }),
  BUNDLE_EXPIRED: () => bundle({}, { now: T0 + 3600 }),
  BUNDLE_EXPIRY_WINDOW_INVARIANT: () => bundle({ expires_at: T0 + 1 }),
  BUNDLE_COORDINATOR_ISSUER_MISMATCH: () => withToken({ iss: D.aid }, D),
  BUNDLE_AUDIENCE_MISMATCH: () => withToken({ aud: C.aid }),
  BUNDLE_EMPTY_PARTICIPANTS: () => bundle({ participants: [] }),
  BUNDLE_PARTICIPANT_TCT_INVALID: () => withToken({}, ATTACKER),
  BUNDLE_NOT_MEMBER: () => bundle({}, { self: C }),
  SESSION_BUNDLE_INVALID: () => bundle({ session_id: 'x' }),
}

/** The code of the refusal an act ends in. */
function codeOf(act: () => unknown): string {
  return refusal(act).split(' ')[0] ?? ''
}

it.each(Object.entries(producers))('%s happens', (code, produce) => {
  expect(codeOf(produce)).toBe(code)
})

it('leaves no code of ours without a producer', () => {
  const missing = Object.keys(errorCodes).filter((code) => !Object.hasOwn(producers, code))
  expect(missing).toEqual(['MANIFEST_NOT_FOUND'])
  expect(new AitpError('MANIFEST_NOT_FOUND', 'nothing there').retryable).toBe(true)
})
