import { describe, expect, it } from 'vitest'
import { type TctContext, tctChecks } from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aitp,
  B,
  b64u,
  C,
  engine,
  manifestOf,
  mint,
  mintText,
  P,
  refusal,
  T0,
} from '../fixtures.ts'

const JTI = '550e8400-e29b-41d4-a716-446655440000'

const claims = {
  ver: 'aitp/0.2',
  jti: JTI,
  iss: A.aid,
  sub: B.aid,
  aud: B.aid,
  iat: T0,
  exp: T0 + 3600,
  grants: ['alpha.read', 'alpha.write'],
  cnf: { jkt: aitp.thumbprint(B.aid) },
}

/** Receipt by the holder: everything is expected. */
const receipt: TctContext = {
  now: T0 + 10,
  expectedIssuer: A.aid,
  expectedAudience: B.aid,
  issuerManifest: manifestOf(A, 'alpha').verified,
}

const token = mint(A, claims)

function verify(text: string, context: Partial<TctContext> = {}): string {
  return refusal(() => aitp.verifyTct(text, { ...receipt, ...context }))
}

/** The claims with these instead, correctly signed. `undefined` leaves the claim out. */
function changed(changes: Readonly<Record<string, unknown>>, context: Partial<TctContext> = {}): string {
  return verify(mint(A, { ...claims, ...changes }), context)
}

describe('verifyTct', () => {
  it('gives the claims of a token that is in order', () => {
    const verified = aitp.verifyTct(token, {
      ...receipt,
      isRevoked: () => false,
      requiredGrant: 'alpha.read',
    })
    expect(verified).toEqual({ token, claims, grants: claims.grants })
  })

  it('does not ask for canonical claims, and keeps ext', () => {
    const text = JSON.stringify({ ext: { 'com.example.x': 0.5 }, ...claims }, null, 2)
    expect(aitp.verifyTct(mintText(A, text), receipt).claims).toEqual({
      ...claims,
      ext: { 'com.example.x': 0.5 },
    })
  })

  describe('structure', () => {
    const [header = '', payload = '', signature = ''] = token.split('.')

    it.each<[string, string]>([
      ['nothing', ''],
      ['two segments', `${header}.${payload}`],
      ['four segments', `${token}.${signature}`],
      ['an unsigned token', `${header}.${payload}.`],
      ['an empty payload', `${header}..${signature}`],
      ['padding', `${token}=`],
      ['the other alphabet', token.replace(/[-_]/, '+')],
      ['white space', ` ${token}`],
      ['a line break at the end', `${token}\n`],
      ['unused bits that are not zero', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'x'}`],
      ['more than 16 KiB', `${header}.${'A'.repeat(16 * 1024)}.${signature}`],
      ['a header that is no JSON', mint(A, claims, { header: 'x' })],
      ['a header that is no object', mint(A, claims, { header: '["EdDSA","aitp-tct+jwt"]' })],
      ['a header without alg', mint(A, claims, { header: '{"typ":"aitp-tct+jwt"}' })],
      ['a header without typ', mint(A, claims, { header: '{"alg":"EdDSA"}' })],
      ['an alg that is no string', mint(A, claims, { header: '{"alg":1,"typ":"aitp-tct+jwt"}' })],
      ...['kid', 'jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'cty', 'zip'].map((member): [string, string] => {
        const text = `{"alg":"EdDSA","typ":"aitp-tct+jwt","${member}":"x"}`
        return [`the header member ${member}`, mint(A, claims, { header: text })]
      }),
      [
        'a repeated header member',
        mint(A, claims, { header: '{"alg":"none","alg":"EdDSA","typ":"aitp-tct+jwt"}' }),
      ],
      [
        'a byte order mark in the header',
        mint(A, claims, { header: '\ufeff{"alg":"EdDSA","typ":"aitp-tct+jwt"}' }),
      ],
    ])('refuses %s', (_, text) => {
      expect(verify(text)).toBe('TCT_SIGNATURE_INVALID tct.structure')
    })
  })

  it.each(['aitp-grant+jwt', 'aitp-delegation+jwt', 'application/aitp-tct+jwt', 'AITP-TCT+JWT', 'JWT', ''])(
    'refuses typ %j, before alg',
    (typ) => {
      expect(verify(mint(A, claims, { typ, alg: 'none' }))).toBe('TOKEN_TYP_MISMATCH tct.typ')
    },
  )

  it.each(['none', 'None', 'HS256', 'ES256', 'Ed25519', 'eddsa', ''])('refuses alg %j', (alg) => {
    expect(verify(mint(A, claims, { alg }))).toBe('TOKEN_ALG_MISMATCH tct.alg')
  })

  it('takes the algorithm from the expected issuer, not from the claims', () => {
    const forged = mint(P, { ...claims, iss: P.aid }, { alg: 'ES256' })
    expect(verify(forged)).toBe('TOKEN_ALG_MISMATCH tct.alg')
  })

  describe('without an expected issuer', () => {
    const open: Partial<TctContext> = { expectedIssuer: undefined, issuerManifest: undefined }

    it('the key is that of iss', () => {
      expect(verify(token, open)).toBe('accepted')
      expect(verify(mint(ATTACKER, claims), open)).toBe('TCT_SIGNATURE_INVALID tct.signature')
      expect(verify(mint(P, { ...claims, iss: P.aid }, { alg: 'ES256' }), open)).toBe('accepted')
    })

    it.each(['[]', '{"iss":1}', '{"iss":"aid:web:x"}', '{}', `{"iss":"${A.aid}","iss":"${A.aid}"}`, '"a"'])(
      'a payload %s names no signer',
      (payload) => {
        expect(verify(mintText(A, payload), open)).toBe('TCT_SIGNATURE_INVALID tct.signer')
      },
    )
  })

  it.each([
    ['of another key', mint(ATTACKER, claims)],
    ['of the holder itself', mint(B, claims)],
    [
      'over other claims',
      `${mint(A, { ...claims, grants: ['*'] })
        .split('.')
        .slice(0, 2)
        .join('.')}.${token.split('.')[2]}`,
    ],
    ['that is too short', `${token.split('.').slice(0, 2).join('.')}.${b64u(new Uint8Array(63))}`],
    ['of zeros', `${token.split('.').slice(0, 2).join('.')}.${b64u(new Uint8Array(64))}`],
  ])('refuses a signature %s', (_, text) => {
    expect(verify(text)).toBe('TCT_SIGNATURE_INVALID tct.signature')
  })

  it('refuses a token whose signature is over the digest, as in the JSON profile', () => {
    const signed = token.split('.').slice(0, 2).join('.')
    const digest = engine.sha256(engine.utf8Encode(signed))
    expect(verify(`${signed}.${b64u(A.sign(digest))}`)).toBe('TCT_SIGNATURE_INVALID tct.signature')
  })

  describe('claims', () => {
    it.each(Object.keys(claims))('refuses a token without %s', (claim) => {
      expect(changed({ [claim]: undefined })).toBe('TCT_SIGNATURE_INVALID tct.claims')
    })

    it.each<[string, Readonly<Record<string, unknown>>]>([
      ['ver of another type', { ver: 2 }],
      ['jti in uppercase', { jti: JTI.toUpperCase() }],
      ['jti of another version', { jti: '550e8400-e29b-11d4-a716-446655440000' }],
      ['jti without hyphens', { jti: JTI.replaceAll('-', '') }],
      ['iss that is no AID', { iss: 'alpha' }],
      ['sub of another type', { sub: null }],
      ['aud as an array', { aud: [B.aid] }],
      ['iat as a string', { iat: String(T0) }],
      ['a negative iat', { iat: -1 }],
      ['exp as a string', { exp: String(T0 + 3600) }],
      ['exp of zero', { exp: 0, iat: 0 }],
      ['exp equal to iat', { exp: T0 }],
      ['exp before iat', { exp: T0 - 1 }],
      ['grants as a string', { grants: 'alpha.read' }],
      ['a repeated grant', { grants: ['a', 'a'] }],
      ['a grant with white space', { grants: ['a b'] }],
      ['an empty grant', { grants: [''] }],
      ['a grant of another type', { grants: [1] }],
      ['too many grants', { grants: Array.from({ length: 257 }, (_, index) => `g${index}`) }],
      ['cnf of another type', { cnf: 'x' }],
      ['cnf without jkt', { cnf: {} }],
      ['cnf with more than jkt', { cnf: { ...claims.cnf, jwk: {} } }],
      ['a short jkt', { cnf: { jkt: 'x' } }],
      ['ext of another type', { ext: [] }],
      ['an unknown claim beside another fault', { scope: 'x', iat: '1' }],
      ['an unknown claim beside empty grants', { scope: 'x', grants: [] }],
    ])('refuses %s', (_, changes) => {
      expect(changed(changes)).toBe('TCT_SIGNATURE_INVALID tct.claims')
    })

    it.each(['nbf', 'scope', 'issuer', 'binding', '__proto__'])(
      'gives the unknown claim %s its own code',
      (claim) => {
        const text = JSON.stringify(claims).replace('{', `{"${claim}":1,`)
        expect(verify(mintText(A, text))).toBe('UNKNOWN_FIELD tct.claims')
      },
    )

    it.each([
      ['a repeated claim', JSON.stringify(claims).replace('{', '{"grants":["*"],')],
      ['a fraction for an integer', JSON.stringify(claims).replace(`${T0 + 3600}`, `${T0 + 3600}.0`)],
      ['an integer beyond 2^53', JSON.stringify(claims).replace(`${T0 + 3600}`, '9007199254740993')],
      ['something behind the claims', `${JSON.stringify(claims)} {}`],
      ['an array', '[]'],
    ])('refuses %s', (_, payload) => {
      expect(verify(mintText(A, payload))).toBe('TCT_SIGNATURE_INVALID tct.claims')
    })

    it('refuses claims that are not UTF-8', () => {
      const bytes = Buffer.from(JSON.stringify(claims).replace('alpha.read', 'alpha.rea\u00e9'), 'latin1')
      const signed = `${token.split('.')[0]}.${bytes.toString('base64url')}`
      const text = `${signed}.${b64u(A.sign(new Uint8Array(Buffer.from(signed))))}`
      expect(verify(text)).toBe('TCT_SIGNATURE_INVALID tct.claims')
    })
  })

  it.each(['aitp/0.1', 'aitp/0.3', ''])('refuses version %j', (ver) => {
    expect(changed({ ver })).toBe('UNKNOWN_VERSION tct.ver')
  })

  it('refuses another issuer than the expected one, although the expected key signed', () => {
    expect(changed({ iss: C.aid })).toBe('TCT_SIGNATURE_INVALID tct.iss')
  })

  it('takes the tagged form of the issuer for another text inside an artifact', () => {
    expect(changed({ iss: A.aid.replace('pubkey:', 'pubkey:ed25519:') })).toBe(
      'TCT_SIGNATURE_INVALID tct.iss',
    )
  })

  it('refuses another audience than the expected one', () => {
    const forC = { sub: C.aid, aud: C.aid, cnf: { jkt: aitp.thumbprint(C.aid) } }
    expect(changed(forC)).toBe('AUDIENCE_MISMATCH tct.aud')
  })

  it('refuses an audience that is not the subject', () => {
    expect(changed({ sub: C.aid })).toBe('AUDIENCE_MISMATCH tct.aud_sub')
  })

  it('has expired when the clock reads exp, not a second before', () => {
    expect(verify(token, { now: T0 + 3599 })).toBe('accepted')
    expect(verify(token, { now: T0 + 3600 })).toBe('TCT_EXPIRED tct.exp')
  })

  it('may be issued 30 s ahead of this clock, or as far as the caller allows', () => {
    expect(verify(token, { now: T0 - 30 })).toBe('accepted')
    expect(verify(token, { now: T0 - 31 })).toBe('TCT_EXPIRED tct.iat')
    expect(verify(token, { now: T0 - 1, iatSkewSecs: 0 })).toBe('TCT_EXPIRED tct.iat')
  })

  it('must not outlive the manifest of its issuer', () => {
    const until = (expiresAt: number) => ({ issuerManifest: manifestOf(A, 'alpha', { expiresAt }).verified })
    expect(verify(token, until(T0 + 3600))).toBe('accepted')
    expect(verify(token, until(T0 + 3599))).toBe('TCT_EXPIRES_AFTER_MANIFEST tct.manifest_expiry')
  })

  it('refuses empty grants', () => {
    expect(changed({ grants: [] })).toBe('TCT_SIGNATURE_INVALID tct.grants')
  })

  it('refuses a binding to another key than the subject’s', () => {
    expect(changed({ cnf: { jkt: aitp.thumbprint(A.aid) } })).toBe('TCT_SIGNATURE_INVALID tct.cnf')
  })

  it('refuses a revoked token', () => {
    expect(verify(token, { isRevoked: (jti) => jti === JTI })).toBe('TCT_REVOKED tct.revocation')
  })

  it('asks about revocation only once everything else about the token holds', () => {
    const isRevoked = () => {
      throw new TypeError('a lookup must not happen')
    }
    expect(verify(mint(ATTACKER, claims), { isRevoked })).toBe('TCT_SIGNATURE_INVALID tct.signature')
    expect(verify(token, { isRevoked, now: T0 + 3600 })).toBe('TCT_EXPIRED tct.exp')
  })

  it.each(['alpha', 'alpha.*', 'ALPHA.READ', 'alpha.read#pop_required'])(
    'does not grant %s',
    (requiredGrant) => {
      expect(verify(token, { requiredGrant })).toBe('POLICY_VIOLATION tct.required_grant')
    },
  )

  it('lists its checks in the order of the specification', () => {
    expect(tctChecks.map(({ id }) => id)).toEqual([
      'tct.structure',
      'tct.typ',
      'tct.signer',
      'tct.alg',
      'tct.signature',
      'tct.claims',
      'tct.ver',
      'tct.iss',
      'tct.aud',
      'tct.aud_sub',
      'tct.exp',
      'tct.iat',
      'tct.manifest_expiry',
      'tct.grants',
      'tct.cnf',
      'tct.revocation',
      'tct.required_grant',
    ])
  })
})
