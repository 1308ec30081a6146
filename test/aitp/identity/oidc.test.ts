import { describe, expect, it } from 'vitest'
import {
  createAitp,
  type IdentityTokenContext,
  identityTokenChecks,
  type Jwk,
  parseJwks,
} from '../../../src/aitp/index.ts'
import { A, aitp, B, b64u, C, engine, refusal, T0 } from '../fixtures.ts'
import { ISSUER, issuers, keySet, pssIssuer, tokenClaims, weakIssuer } from './issuer.ts'

const NONCE = 'AAECAwQFBgcICQoLDA0ODw'
const claims = tokenClaims('agent-a', A, B.aid, NONCE)

const context: IdentityTokenContext = {
  now: T0 + 5,
  issuer: ISSUER,
  subject: 'agent-a',
  audience: B.aid,
  nonce: NONCE,
  presenter: A.aid,
  keys: keySet,
}

function verify(token: string, changes: Partial<IdentityTokenContext> = {}): string {
  return refusal(() => aitp.verifyIdentityToken(token, { ...context, ...changes }))
}

function changed(changes: Readonly<Record<string, unknown>>): string {
  return verify(issuers.EdDSA.token({ ...claims, ...changes }))
}

describe('verifyIdentityToken', () => {
  it.each(Object.entries(issuers))('accepts a token signed with %s, chosen by kid', (_, issuer) => {
    expect(verify(issuer.token(claims))).toBe('accepted')
  })

  it('accepts either S in ES256, which common libraries do not normalise', () => {
    const verdicts = Array.from({ length: 16 }, () => verify(issuers.ES256.token(claims)))
    expect(new Set(verdicts)).toEqual(new Set(['accepted']))
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['two segments', 'a.b'],
    ['padding', `${issuers.EdDSA.token(claims)}=`],
    ['a header that is no object', `${b64u('[]')}.${b64u('{}')}.${b64u('x')}`],
    ['claims with a repeated member', `${b64u('{}')}.${b64u('{"a":1,"a":2}')}.${b64u('x')}`],
    ['claims that are no UTF-8', `${b64u('{}')}.${b64u(new Uint8Array([0xff]))}.${b64u('x')}`],
    ['more than 16 KiB', issuers.EdDSA.token({ ...claims, x: 'x'.repeat(16384) })],
  ])('refuses the structure of %s', (_, token) => {
    expect(verify(token)).toBe('IDENTITY_FAILED oidc.structure')
  })

  it.each<[string, object]>([
    ['crit', { crit: ['x'] }],
    ['the typ of a TCT', { typ: 'aitp-tct+jwt' }],
    ['such a typ in capitals', { typ: 'AITP-grant+jwt' }],
  ])('refuses a header with %s', (_, header) => {
    expect(verify(issuers.EdDSA.token(claims, header))).toBe('IDENTITY_FAILED oidc.header')
  })

  it('ignores other header members', () => {
    expect(
      verify(issuers.EdDSA.token(claims, { typ: 'at+jwt', x5t: 'x', jku: 'https://evil.example' })),
    ).toBe('accepted')
  })

  it.each(['none', 'HS256', 'PS256', 'ES384', 'eddsa', '', null])('refuses alg %j', (alg) => {
    expect(verify(issuers.EdDSA.token(claims, { alg }))).toBe('IDENTITY_FAILED oidc.alg')
    expect(verify(pssIssuer.token(claims))).toBe('IDENTITY_FAILED oidc.alg')
  })

  it('says that keys are missing, and may be had later', () => {
    expect(verify(issuers.EdDSA.token(claims), { keys: undefined })).toBe('KEY_RESOLUTION_FAILED oidc.keys')
    expect(verify('x', { keys: undefined })).toBe('IDENTITY_FAILED oidc.structure')
  })

  it.each<[string, readonly Jwk[], object]>([
    ['no key at all', [], {}],
    ['another kid', keySet, { kid: 'other' }],
    ['a kid that is no text', keySet, { kid: 1 }],
    ['a kid of another key type', keySet, { kid: 'ec' }],
    ['a key for encryption', [{ ...issuers.EdDSA.jwk, use: 'enc' }], {}],
    ['a key for another alg', [{ ...issuers.EdDSA.jwk, alg: 'ES256' }], {}],
    [
      'two keys to choose from without kid',
      [issuers.EdDSA.jwk, { ...issuers.EdDSA.jwk, kid: 'two' }],
      { kid: undefined },
    ],
    ['two keys of the same kid', [issuers.EdDSA.jwk, issuers.EdDSA.jwk], {}],
  ])('finds no key where there is %s', (_, keys, header) => {
    expect(verify(issuers.EdDSA.token(claims, header), { keys })).toBe('IDENTITY_FAILED oidc.key')
  })

  it('needs no kid where one key fits', () => {
    expect(verify(issuers.RS256.token(claims, { kid: undefined }))).toBe('accepted')
  })

  it.each<[string, string, readonly Jwk[]]>([
    ['a changed claim', `${issuers.EdDSA.token(claims).slice(0, -4)}AAAA`, keySet],
    ['an RSA key of 1024 bits', weakIssuer.token(claims), [weakIssuer.jwk]],
    ['an RSA key without exponent', issuers.RS256.token(claims), [{ ...issuers.RS256.jwk, e: undefined }]],
    ['an RSA key that is none', issuers.RS256.token(claims), [{ ...issuers.RS256.jwk, e: 'AA' }]],
    [
      'a modulus with a leading zero',
      issuers.RS256.token(claims),
      [{ ...issuers.RS256.jwk, n: `AAAA${issuers.RS256.jwk.n}` }],
    ],
    [
      'a point that is not on the curve',
      issuers.ES256.token(claims),
      [{ ...issuers.ES256.jwk, y: issuers.ES256.jwk.x }],
    ],
    ['a short coordinate', issuers.ES256.token(claims), [{ ...issuers.ES256.jwk, y: 'AA' }]],
    ['a key of small order', issuers.EdDSA.token(claims), [{ ...issuers.EdDSA.jwk, x: 'A'.repeat(43) }]],
  ])('refuses the signature over %s', (_, token, keys) => {
    expect(verify(token, { keys })).toBe('IDENTITY_FAILED oidc.signature')
  })

  it('refuses RS256 where the engine cannot verify it', () => {
    const { rs256Verify: _, ...without } = engine
    const act = () => createAitp(without).verifyIdentityToken(issuers.RS256.token(claims), context)
    expect(refusal(act)).toBe('IDENTITY_FAILED oidc.signature')
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another issuer', { iss: `${ISSUER}/` }, 'oidc.iss'],
    ['no issuer', { iss: undefined }, 'oidc.iss'],
    ['another subject', { sub: 'agent-b' }, 'oidc.sub'],
    ['no audience', { aud: undefined }, 'oidc.aud'],
    ['another audience', { aud: C.aid }, 'oidc.aud'],
    ['a list of other audiences', { aud: [C.aid, A.aid] }, 'oidc.aud'],
    ['no exp', { exp: undefined }, 'oidc.exp'],
    ['an exp of now', { exp: T0 + 5 }, 'oidc.exp'],
    ['an exp that is a text', { exp: String(T0 + 300) }, 'oidc.exp'],
    ['no iat', { iat: undefined }, 'oidc.iat'],
    ['an iat 301 s ago', { iat: T0 - 296 }, 'oidc.iat'],
    ['an iat 301 s ahead', { iat: T0 + 306 }, 'oidc.iat'],
    ['another nonce', { nonce: 'EBESExQVFhcYGRobHB0eHw' }, 'oidc.nonce'],
    ['no nonce', { nonce: undefined }, 'oidc.nonce'],
    ['no binding', { cnf: undefined }, 'oidc.cnf'],
    ['a binding without thumbprint', { cnf: {} }, 'oidc.cnf'],
    ['a binding to another key', { cnf: { jkt: aitp.thumbprint(B.aid) } }, 'oidc.cnf'],
  ])('refuses %s', (_, changes, check) => {
    expect(changed(changes)).toBe(`IDENTITY_FAILED ${check}`)
  })

  it('accepts a list with its audience, a fraction in a time, and other claims', () => {
    expect(changed({ aud: [C.aid, B.aid], exp: T0 + 300.5, email: 'x', auth_time: 1.5 })).toBe('accepted')
  })

  it('lists its checks, and names a kid for whoever fetches keys', () => {
    expect(identityTokenChecks.map(({ id }) => id.replace('oidc.', '')).join(' ')).toBe(
      'structure header alg keys key signature iss sub aud exp iat nonce cnf',
    )
    expect(aitp.identityTokenKeyId(issuers.RS256.token(claims))).toBe('rsa')
    expect(aitp.identityTokenKeyId('x')).toBeUndefined()
  })

  it('shows the ladder of a token', () => {
    const collector = aitp.createCollector()
    verify(issuers.EdDSA.token({ ...claims, nonce: 1 }), { collector, audience: null })
    const { checks, code } = collector.report('identity_token', T0)
    expect(code).toBe('IDENTITY_FAILED')
    expect(checks.map(({ status }) => status).slice(-6)).toEqual([
      'passed',
      'skipped',
      'passed',
      'passed',
      'failed',
      'not_reached',
    ])
  })
})

describe('parseJwks', () => {
  it('keeps the keys, drops what is none, and leaves other members aside', () => {
    const text = JSON.stringify({
      keys: [{ ...issuers.EdDSA.jwk, x5c: ['x'], d: 1 }, 1, {}, { kty: 'oct', k: 'x' }],
    })
    const { kty, kid, crv, x } = issuers.EdDSA.jwk
    expect(parseJwks(text)).toEqual([{ kty, kid, crv, x }, { kty: 'oct' }])
    expect(parseJwks('[]')).toEqual([])
    expect(() => parseJwks('{"keys":[],"keys":[]}')).toThrow('repeated member name')
  })
})
