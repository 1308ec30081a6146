import type { Cut } from './build.ts'

/** An attack of the pack, what is taken out of the agent that would stop it, and what it comes to then. */
export interface Weakness {
  /** `scenario step` of docs/faults.md, below the pack `attacks`. */
  readonly attack: string
  readonly cuts: readonly Cut[]
  /** Which workers are weakened; the writer is what nearly all attacks are aimed at. */
  readonly workers?: readonly string[]
  readonly outcome: Outcome
}

type Outcome =
  /** The attacker has what it wanted. */
  | { readonly is: 'done' }
  /** The target was taken in, and tells it so; what the attacker's own side then makes of the answer is `code`. */
  | { readonly is: 'taken in'; readonly event: string; readonly code?: string }
  /** Another check, behind the one taken out, refuses; `why` says what it is there for. */
  | { readonly is: 'refused later'; readonly check: string; readonly why: string }

const done: Outcome = { is: 'done' }

const cut = (what: string, module: string, find: string, replace: string): Cut => ({
  what,
  module,
  find,
  replace,
})

// What each check comes down to.
const tokenSignature = cut(
  'the signature of tokens',
  'src/aitp/jws-checks.ts',
  'const token = verifyJws(engine, jws, signer)',
  'const token = jws.text',
)
const tokenIssuer = cut(
  'the issuer of a TCT',
  'src/aitp/tct/verify.ts',
  "'tct.iss', claims.iss === expectedIssuer",
  "'tct.iss', true",
)
const tokenExpiry = cut(
  'the expiry of a TCT',
  'src/aitp/tct/verify.ts',
  "'tct.exp', now < exp",
  "'tct.exp', true",
)
const envelopeSignature = cut(
  'the signature of messages',
  'src/aitp/envelope-checks.ts',
  '.envelope_signature`, fault === undefined',
  '.envelope_signature`, true',
)
const timestamp = cut(
  'the time of messages',
  'src/aitp/envelope-checks.ts',
  'Math.abs(now - timestamp) <= toleranceSecs',
  'true',
)
const identityProof = cut(
  'the proof of identity',
  'src/aitp/identity/checks.ts',
  "'identity.proof', fault === undefined",
  "'identity.proof', true",
)
const messageIds = cut(
  'the memory for hellos',
  'agents/base/agent.ts',
  '    replay,\n    ...(revocation',
  '    ...(revocation',
)
const publishedAt = cut(
  'the start of a manifest',
  'src/aitp/manifest/verify.ts',
  'body.published_at <= now + MAX_CLOCK_SKEW_SECS',
  'true',
)
const possession = cut(
  'proof of possession',
  'agents/base/gate/check-trust.ts',
  'possession ? requirePossession(agent, claims, proof, proofCollector) : null',
  'null',
)
const proofSender = cut(
  'the sender of a proof',
  'src/aitp/pop/response.ts',
  "'pop_response.sender', sender === claims.sub",
  "'pop_response.sender', true",
)
const proofIds = cut(
  'the memory for proofs',
  'agents/base/possession.ts',
  '{ claims, challenges, now, replay, collector }',
  '{ claims, challenges, now, collector }',
)
const gateRevocation = cut(
  'revocation at the gate',
  'agents/base/gate/check-trust.ts',
  'if (source !== null) {',
  'if (false) {',
)
const delegationPossession = cut(
  'possession at a redemption',
  'src/aitp/delegation/verify.ts',
  'presenter !== null && isSameKey(presenter, sub)',
  'true',
)
const delegationAudience = cut(
  'the audience of a delegation',
  'src/aitp/delegation/hop.ts',
  'claims.aud === selfAid',
  'true',
)
const delegationRevocation = cut(
  'revocation at a redemption',
  'agents/base/delegation/redemption-route.ts',
  'revocation.denies(jti) !== null',
  'false',
)
const renewalIds = cut(
  'the memory for renewals',
  'src/aitp/renewal/request.ts',
  "verdict === 'recorded'",
  'true',
)
const renewalRevocation = cut(
  'revocation at a renewal',
  'agents/base/renewal/renewal-route.ts',
  'agent.revocation.ownTokens.denies(jti) !== null',
  'false',
)

const voucherExpiry = cut(
  'the expiry of a voucher',
  'src/aitp/delegation/hop.ts',
  'exp <= claims.exp',
  'true',
)

/** One row or more for each row of the kind *security*; an attack that two checks stop has one for both together. */
export const weaknesses: readonly Weakness[] = [
  {
    attack: 'messages@1.0.0 tampered',
    cuts: [envelopeSignature],
    outcome: {
      is: 'refused later',
      check: 'identity.proof',
      why: 'the proof of identity in the hello is signed as well, and binds the id of the message',
    },
  },
  { attack: 'messages@1.0.0 tampered', cuts: [envelopeSignature, identityProof], outcome: done },
  { attack: 'messages@1.0.0 duplicated', cuts: [messageIds], outcome: done },
  {
    attack: 'messages@1.0.0 replayed',
    cuts: [messageIds],
    outcome: { is: 'taken in', event: 'handshake.started', code: 'NONCE_MISMATCH' },
  },
  {
    attack: 'messages@1.0.0 misdirected',
    cuts: [identityProof],
    outcome: { is: 'taken in', event: 'handshake.started', code: 'IDENTITY_FAILED' },
  },
  {
    attack: 'messages@1.0.0 from_the_past',
    cuts: [publishedAt],
    workers: ['researcher'],
    outcome: {
      is: 'refused later',
      check: 'hello.timestamp',
      why: 'the writer, whose clock is right, finds the hello too old',
    },
  },
  {
    attack: 'messages@1.0.0 from_the_future',
    cuts: [timestamp],
    outcome: { is: 'taken in', event: 'handshake.started', code: 'TIMESTAMP_EXPIRED' },
  },
  {
    attack: 'tokens@1.0.0 stolen',
    cuts: [proofSender],
    outcome: {
      is: 'refused later',
      check: 'pop_response.cnf',
      why: 'the token itself names the key that it is bound to',
    },
  },
  { attack: 'tokens@1.0.0 stolen', cuts: [possession], outcome: done },
  { attack: 'tokens@1.0.0 tampered', cuts: [tokenSignature], outcome: done },
  {
    attack: 'tokens@1.0.0 of_another',
    cuts: [tokenSignature],
    outcome: { is: 'refused later', check: 'tct.iss', why: 'the token says that another agent issued it' },
  },
  {
    attack: 'tokens@1.0.0 duplicated',
    cuts: [proofIds],
    outcome: {
      is: 'refused later',
      check: 'pop_response.nonce_echo',
      why: 'a challenge is good for one answer, whatever id the answer has',
    },
  },
  { attack: 'tokens@1.0.0 duplicated', cuts: [possession], outcome: done },
  {
    attack: 'tokens@1.0.0 replayed',
    cuts: [proofIds],
    outcome: {
      is: 'refused later',
      check: 'pop_response.nonce_echo',
      why: 'a challenge is good for one answer, whatever id the answer has',
    },
  },
  { attack: 'tokens@1.0.0 replayed', cuts: [possession], outcome: done },
  {
    attack: 'tokens@1.0.0 misdated',
    cuts: [timestamp],
    workers: ['researcher'],
    outcome: {
      is: 'refused later',
      check: 'pop_response.timestamp',
      why: 'the writer, whose clock is right, finds the answer too old',
    },
  },
  { attack: 'tokens@1.0.0 misdated', cuts: [timestamp], workers: ['researcher', 'writer'], outcome: done },
  { attack: 'tokens@1.0.0 revoked', cuts: [gateRevocation], outcome: done },
  { attack: 'tokens@1.0.0 expired', cuts: [tokenExpiry], outcome: done },
  {
    attack: 'delegations@1.0.0 stolen',
    cuts: [delegationPossession],
    outcome: { is: 'taken in', event: 'delegation.redeemed', code: 'AUDIENCE_MISMATCH' },
  },
  {
    attack: 'delegations@1.0.0 tampered',
    cuts: [tokenSignature],
    outcome: {
      is: 'refused later',
      check: 'delegation.voucher_expiry',
      why: 'the second that was added would outlive the voucher inside',
    },
  },
  { attack: 'delegations@1.0.0 tampered', cuts: [tokenSignature, voucherExpiry], outcome: done },
  { attack: 'delegations@1.0.0 duplicated', cuts: [delegationPossession], outcome: done },
  {
    attack: 'delegations@1.0.0 of_another',
    cuts: [delegationAudience],
    outcome: {
      is: 'refused later',
      check: 'voucher.iss',
      why: 'the voucher inside is one of the clerk, not of the writer',
    },
  },
  { attack: 'delegations@1.0.0 source_revoked', cuts: [delegationRevocation], outcome: done },
  { attack: 'renewals@1.0.0 tampered', cuts: [tokenSignature], outcome: done },
  { attack: 'renewals@1.0.0 duplicated', cuts: [renewalIds], outcome: done },
  {
    attack: 'renewals@1.0.0 replayed',
    cuts: [renewalIds],
    outcome: { is: 'taken in', event: 'tct.renewal.issued' },
  },
  { attack: 'renewals@1.0.0 revoked', cuts: [renewalRevocation], outcome: done },
  {
    attack: 'renewals@1.0.0 expired',
    cuts: [tokenExpiry],
    outcome: { is: 'taken in', event: 'tct.renewal.issued' },
  },
  {
    attack: 'combined@1.0.0 stolen_and_revoked',
    cuts: [gateRevocation],
    outcome: {
      is: 'refused later',
      check: 'pop_response.sender',
      why: 'the token is stolen as well, and its key is not',
    },
  },
  { attack: 'combined@1.0.0 stolen_and_revoked', cuts: [gateRevocation, possession], outcome: done },
  {
    attack: 'combined@1.0.0 outdated',
    cuts: [tokenSignature],
    outcome: {
      is: 'refused later',
      check: 'tct.iss',
      why: 'the token names the key that the writer gave up',
    },
  },
  { attack: 'combined@1.0.0 outdated', cuts: [tokenSignature, tokenIssuer, possession], outcome: done },
  {
    attack: 'combined@1.0.0 replay_after_rotation',
    cuts: [messageIds],
    outcome: {
      is: 'refused later',
      check: 'identity.proof',
      why: 'the hello was made for the key that the writer gave up',
    },
  },
  {
    attack: 'combined@1.0.0 replay_after_rotation',
    cuts: [messageIds, identityProof],
    outcome: { is: 'taken in', event: 'handshake.started', code: 'NONCE_MISMATCH' },
  },
  {
    attack: 'combined@1.0.0 of_the_dead',
    cuts: [tokenSignature],
    outcome: { is: 'refused later', check: 'tct.iss', why: 'the token says that another agent issued it' },
  },
  { attack: 'combined@1.0.0 of_the_dead', cuts: [tokenSignature, tokenIssuer, possession], outcome: done },
]
