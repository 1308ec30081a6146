import { describe, expect, it } from 'vitest'
import { A, aitp, b64u, mint } from './fixtures.ts'

const claims = { sub: 'x', weight: 0.5 }

describe('decodeToken', () => {
  it.each([
    ['aitp-tct+jwt', 'tct'],
    ['aitp-grant+jwt', 'grant_voucher'],
    ['aitp-delegation+jwt', 'delegation'],
    ['JWT', 'jwt'],
    ['jwt', 'jwt'],
    ['at+jwt', 'unknown'],
    ['constructor', 'unknown'],
    ['__proto__', 'unknown'],
  ])('typ %s is a %s', (typ, kind) => {
    expect(aitp.decodeToken(mint(A, claims, { typ }))).toEqual({
      kind,
      header: { alg: 'EdDSA', typ },
      claims,
    })
  })

  it('a token without typ is a JWT, whatever else its header says, signed or not', () => {
    const token = `${b64u('{"alg":"none","kid":"1"}')}.${b64u('{}')}.`
    expect(aitp.decodeToken(token)).toEqual({ kind: 'jwt', header: { alg: 'none', kid: '1' }, claims: {} })
  })

  it.each([
    '',
    'a',
    'a.b',
    'a.b.c',
    `${b64u('{}')}.${b64u('[]')}.x`,
    `${b64u('{}')}.e30=.x`,
    `${b64u('{}')}.e30.x.y`,
  ])('%j is none', (text) => {
    expect(aitp.decodeToken(text)).toBeNull()
  })
})
