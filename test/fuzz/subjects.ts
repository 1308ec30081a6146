import { canonicalize, type VerifiedVoucher } from '../../src/aitp/index.ts'
import { A, aitp, B, b64u, C, counting, manifestOf, P, partyOf, T0 } from '../aitp/fixtures.ts'

/** A valid artefact, how it is verified, and what of it was signed. */
export interface Subject {
  readonly name: string
  readonly form: 'token' | 'json'
  readonly text: string
  /** How often it is chosen, compared with the others: handshake states are dear to build. */
  readonly weight: number
  /** Throws when the text is refused. */
  verify(text: string): void
  /** What the signature covers, in one spelling. An accepted text must have the same as the original. */
  signed(text: string): string
  /** Other genuine artefacts that this verifier rightly accepts: a mutant may be put together from one of them. */
  readonly alike?: readonly string[]
}

const now = T0 + 2
const terms = { now, allowLoopbackHttp: false }
const alpha = manifestOf(A, 'alpha', { offers: ['alpha.read', 'alpha.write'] })
const beta = manifestOf(B, 'beta')
const jti = '550e8400-e29b-41d4-a716-446655440000'

const issue = (key = A, subject = B.aid) =>
  aitp.issueTct(key, {
    subject,
    grants: ['alpha.read', 'alpha.write'],
    now: T0,
    ttlSecs: 3600,
    notAfter: T0 + 7200,
    jti,
    issueVoucher: true,
  })

const tct = issue()
const p256Tct = issue(P)
const voucherText = tct.voucher ?? ''
const voucher: VerifiedVoucher = aitp.verifyVoucher(voucherText, { now })
const delegation = aitp.buildDelegation(B, { voucher, delegatee: C.aid, scope: ['alpha.read'], now })
const root = aitp.buildDelegation(B, {
  voucher,
  delegatee: C.aid,
  scope: ['alpha.read'],
  now,
  jti: aitp.newUuid(counting(1)),
})
const chain = aitp.extendDelegation(C, {
  parent: root.token,
  delegatee: aitp.agentKey(new Uint8Array(32).fill(9)).aid,
  scope: ['alpha.read'],
  now,
  jti: aitp.newUuid(counting(2)),
})
const list = aitp.buildRevocationList(A, { publishedAt: T0, entries: [{ jti, revoked_at: T0 }] })
const bundle = aitp.buildSessionBundle(A, {
  sessionId: jti,
  issuedAt: T0,
  participants: [
    { aid: B.aid, tct: tct.token },
    { aid: C.aid, tct: issue(A, C.aid).token },
  ],
})

const issuer = aitp.agentKey(new Uint8Array(32).fill(8))
const jwks = [{ kty: 'OKP', crv: 'Ed25519', x: b64u(issuer.publicKey) }]
const identityContext = {
  now,
  issuer: 'https://issuer.example.com',
  subject: 'alpha',
  audience: B.aid,
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  presenter: A.aid,
  keys: jwks,
}
const identityToken = jwt({
  iss: identityContext.issuer,
  sub: 'alpha',
  aud: B.aid,
  iat: T0,
  exp: T0 + 600,
  nonce: identityContext.nonce,
  cnf: { jkt: aitp.thumbprint(A.aid) },
})

function jwt(claims: object): string {
  const signed = `${b64u('{"alg":"EdDSA","typ":"JWT"}')}.${b64u(JSON.stringify(claims))}`
  return `${signed}.${b64u(issuer.sign(Uint8Array.from(Buffer.from(signed))))}`
}

/** The handshake up to each message, always with the same bytes. */
const own = () => partyOf(A, alpha.verified)
const peer = () => partyOf(B, beta.verified)
const step = (at: number, seed: number) => ({ now: at, randomBytes: counting(seed) })
const started = () => aitp.startHandshake(own(), beta.verified, ['beta.read'], step(T0, 10))
const hello = started().message
const received = () => aitp.receiveHello(peer(), hello, step(T0 + 1, 20))
const ack = received().message
const committed = () => started().state.onHelloAck(ack, step(T0 + 2, 30))
const commit = committed().message
const commitAck = received().state.onCommit(commit, step(T0 + 3, 40)).message

const challenges = () => aitp.createChallengeStore({ capacity: 10 })
const challenge = () => {
  const store = challenges()
  const options = { claims: tct.claims, challenges: store, now, randomBytes: counting(50) }
  return { store, text: aitp.issuePopChallenge(A, options) }
}
const challengeText = challenge().text
const response = aitp.answerPopChallenge(
  B,
  aitp.verifyPopChallenge(challengeText, { now, claims: tct.claims }),
  step(now, 60),
)

const renewal = aitp.buildRenewalRequest(B, aitp.verifyTct(tct.token, { now }), { randomBytes: counting(70) })
const refusalText = aitp.buildErrorEnvelope(A, {
  error: { code: 'POLICY_VIOLATION', retryable: false },
  reason: 'not for you',
  ...step(now, 80),
})

/** The characters of header and payload: the signature is over exactly these. */
function signedSegments(token: string): string {
  return token.slice(0, token.lastIndexOf('.'))
}

const signedEnvelope = (text: string) => {
  const { message_id, timestamp, sender, payload } = JSON.parse(text)
  return canonicalize([message_id, timestamp, sender, payload])
}

const without = (member: string) => (text: string) => {
  const { signature: _, ...body } = JSON.parse(text)[member]
  return canonicalize(body)
}

function token(
  name: string,
  text: string,
  verify: (text: string) => void,
  alike: readonly string[] = [],
): Subject {
  return { name, form: 'token', text, weight: 12, verify, signed: signedSegments, alike }
}

function document(
  name: string,
  text: string,
  weight: number,
  verify: Subject['verify'],
  signed: Subject['signed'],
) {
  return { name, form: 'json', text, weight, verify, signed } as const
}

export const subjects: readonly Subject[] = [
  token(
    'tct',
    tct.token,
    (text) => void aitp.verifyTct(text, { now, expectedIssuer: A.aid, expectedAudience: B.aid }),
  ),
  token('tct of whoever signed it', tct.token, (text) => void aitp.verifyTct(text, { now }), [p256Tct.token]),
  token('p256 tct', p256Tct.token, (text) => void aitp.verifyTct(text, { now, expectedIssuer: P.aid })),
  token(
    'grant voucher',
    voucherText,
    (text) => void aitp.verifyVoucher(text, { now, expectedIssuer: A.aid }),
  ),
  token('delegation', delegation.token, (text) => void aitp.verifyDelegation(text, { now, selfAid: A.aid })),
  token(
    'delegation chain',
    chain.token,
    (text) => void aitp.verifyDelegation(text, { now, selfAid: A.aid, maxHops: 3 }),
    [delegation.token, root.token],
  ),
  token('identity token', identityToken, (text) => aitp.verifyIdentityToken(text, identityContext)),
  document('manifest', alpha.text, 12, (text) => void aitp.verifyManifest(text, terms), without('manifest')),
  document(
    'revocation list',
    list.text,
    12,
    (text) => void aitp.verifyRevocationList(text, { now, expectedIssuer: A.aid }),
    without('revocation_list'),
  ),
  document(
    'session bundle',
    bundle.text,
    12,
    (text) => void aitp.verifySessionBundle(text, { now, selfAid: B.aid, expectedCoordinator: A.aid }),
    without('session_bundle'),
  ),
  document(
    'mutual_hello',
    hello,
    8,
    (text) => void aitp.receiveHello(peer(), text, step(T0 + 1, 20)),
    signedEnvelope,
  ),
  document(
    'mutual_hello_ack',
    ack,
    4,
    (text) => void started().state.onHelloAck(text, step(T0 + 2, 30)),
    signedEnvelope,
  ),
  document(
    'mutual_commit',
    commit,
    1,
    (text) => void received().state.onCommit(text, step(T0 + 3, 40)),
    signedEnvelope,
  ),
  document(
    'mutual_commit_ack',
    commitAck,
    1,
    (text) => void committed().state.onCommitAck(text, step(T0 + 4, 50)),
    signedEnvelope,
  ),
  document(
    'pop_challenge',
    challengeText,
    8,
    (text) => void aitp.verifyPopChallenge(text, { now, claims: tct.claims }),
    signedEnvelope,
  ),
  document(
    'pop_response',
    response,
    4,
    (text) => void aitp.verifyPopResponse(text, { now, claims: tct.claims, challenges: challenge().store }),
    signedEnvelope,
  ),
  document(
    'renewal request',
    renewal,
    6,
    (text) =>
      void aitp.processRenewalRequest(text, {
        key: A,
        manifest: alpha.verified,
        renewals: aitp.createRenewalStore({ capacity: 10 }),
        ...step(now, 90),
      }),
    (text) => {
      const { current_tct, pop_nonce } = JSON.parse(text)
      return `${signedSegments(current_tct)} ${pop_nonce}`
    },
  ),
  document(
    'error envelope',
    refusalText,
    6,
    (text) => void aitp.verifyErrorEnvelope(text, { now, expectedSender: A.aid }),
    signedEnvelope,
  ),
]
