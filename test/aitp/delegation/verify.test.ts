import { describe, expect, it } from 'vitest'
import { delegationChecks } from '../../../src/aitp/index.ts'
import { A, ATTACKER, aitp, B, b64u, C, D, mint, mintText, P, readVector, T0 } from '../fixtures.ts'
import {
  type Changes,
  changed,
  claims,
  context,
  JTI_1,
  NOW,
  SRC_JTI,
  typ,
  verify,
  voucherClaims,
  voucherText,
} from './scene.ts'

const token = mint(B, claims, { typ })

/** The delegation with another voucher, signed by whom. */
function withVoucher(changes: Changes, key = A, options: { typ?: string; alg?: string } = {}): string {
  return changed({
    voucher: mint(key, { ...voucherClaims, ...changes }, { typ: 'aitp-grant+jwt', ...options }),
  })
}

describe('verifyDelegation', () => {
  it('names who delegates what to whom, and the token it rests on', () => {
    expect(aitp.verifyDelegation(token, context)).toEqual({
      token,
      claims,
      delegator: A.aid,
      issuedBy: B.aid,
      delegatee: C.aid,
      grants: ['alpha.read'],
      expiresAt: NOW + 600,
      cnfJkt: aitp.thumbprint(C.aid),
      srcJti: SRC_JTI,
    })
  })

  it.each<[string, unknown]>([
    ['a chain', [token]],
    ['an empty chain', []],
    ['a chain that is no list', 'x'],
    ['a chain that is null', null],
  ])('refuses %s before any cryptography while multi-hop is off', (_, chain) => {
    const unsigned = mint(ATTACKER, { ...claims, chain }, { typ: 'x', alg: 'none' })
    expect(verify(unsigned)).toBe('DELEGATION_MULTIHOP_NOT_SUPPORTED delegation.multihop')
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['two segments', 'a.b'],
    ['a payload that is not base64url', `${b64u('{}')}.!.${b64u('x')}`],
    ['a payload that is no object', mintText(B, '[]', { typ })],
    ['a repeated claim', mintText(B, JSON.stringify(claims).replace('{', '{"aud":"x",'), { typ })],
    ['more than 64 KiB', mint(B, { ...claims, ext: { x: 'x'.repeat(65536) } }, { typ })],
  ])('refuses %s, whose claims nobody can read', (_, text) => {
    expect(verify(text)).toBe('DELEGATION_INVALID_SIGNATURE delegation.multihop')
  })

  it.each<[string, string]>([
    ['a header member kid', mint(B, claims, { header: `{"alg":"EdDSA","typ":"${typ}","kid":"x"}` })],
    ['padding', `${token}=`],
    ['an unsigned token', token.slice(0, token.lastIndexOf('.') + 1)],
  ])('refuses the structure of %s', (_, text) => {
    expect(verify(text)).toBe('DELEGATION_INVALID_SIGNATURE delegation.structure')
  })

  it('refuses another typ before alg, and an alg that is not the delegator’s', () => {
    expect(verify(mint(B, claims, { typ: 'aitp-tct+jwt', alg: 'none' }))).toBe(
      'TOKEN_TYP_MISMATCH delegation.typ',
    )
    expect(verify(mint(B, claims, { typ, alg: 'none' }))).toBe('TOKEN_ALG_MISMATCH delegation.alg')
    expect(verify(mint(P, { ...claims, iss: P.aid }, { typ, alg: 'EdDSA' }))).toBe(
      'TOKEN_ALG_MISMATCH delegation.alg',
    )
  })

  it('finds no signer in a token without an AID in iss, and refuses the signature of another', () => {
    expect(changed({ iss: 'x' })).toBe('DELEGATION_INVALID_SIGNATURE delegation.signer')
    expect(verify(mint(ATTACKER, claims, { typ }))).toBe('DELEGATION_INVALID_SIGNATURE delegation.signature')
  })

  it.each(['ver', 'sub', 'aud', 'scope', 'exp', 'cnf'])('refuses a token without %s', (claim) => {
    expect(changed({ [claim]: undefined })).toBe('DELEGATION_INVALID_SIGNATURE delegation.claims')
  })

  it.each<[string, Changes]>([
    ['an audience that is a list', { aud: [A.aid] }],
    ['an empty scope', { scope: [] }],
    ['a repeated grant', { scope: ['alpha.read', 'alpha.read'] }],
    ['a scope with whitespace', { scope: ['alpha read'] }],
    ['an exp that is a text', { exp: String(NOW + 600) }],
    ['a cnf with another member', { cnf: { jkt: claims.cnf.jkt, x: 1 } }],
    ['a version that is no text', { ver: 2 }],
    ['a jti, which only a chain has', { jti: JTI_1 }],
    ['a chain_hash without a chain', { chain_hash: 'A'.repeat(43) }],
    ['an unknown claim beside another fault', { iat: NOW, exp: -1 }],
  ])('refuses %s', (_, changes) => {
    expect(changed(changes)).toBe('DELEGATION_INVALID_SIGNATURE delegation.claims')
  })

  it('gives an unknown claim its own code, and keeps ext', () => {
    expect(changed({ iat: NOW })).toBe('UNKNOWN_FIELD delegation.claims')
    expect(changed({ ext: { 'com.example.x': 1 } })).toBe('accepted')
  })

  it('refuses another version, another audience and an expired token, in this order', () => {
    expect(changed({ ver: 'aitp/0.1', aud: B.aid })).toBe('UNKNOWN_VERSION delegation.ver')
    expect(changed({ aud: B.aid, exp: NOW })).toBe('DELEGATION_AUDIENCE_MISMATCH delegation.aud')
    expect(changed({ exp: NOW, voucher: undefined })).toBe('DELEGATION_EXPIRED delegation.exp')
    expect(changed({ exp: NOW + 1 })).toBe('accepted')
  })

  it('refuses a token without a voucher', () => {
    expect(changed({ voucher: undefined })).toBe('DELEGATION_INVALID_VOUCHER delegation.voucher')
  })

  it.each<[string, string, string]>([
    ['of nonsense', changed({ voucher: 'x' }), 'DELEGATION_INVALID_VOUCHER voucher.structure'],
    ['of another typ', withVoucher({}, A, { typ: 'JWT' }), 'TOKEN_TYP_MISMATCH voucher.typ'],
    ['of another issuer', withVoucher({ iss: D.aid }, D), 'DELEGATION_INVALID_VOUCHER voucher.iss'],
    ['of another alg', withVoucher({}, A, { alg: 'none' }), 'TOKEN_ALG_MISMATCH voucher.alg'],
    ['signed by another', withVoucher({}, D), 'DELEGATION_INVALID_VOUCHER voucher.signature'],
    ['without a source', withVoucher({ src_jti: undefined }), 'DELEGATION_INVALID_VOUCHER voucher.claims'],
    ['with an unknown claim', withVoucher({ x: 1 }), 'UNKNOWN_FIELD voucher.claims'],
    ['of another version', withVoucher({ ver: 'aitp/9' }), 'UNKNOWN_VERSION voucher.ver'],
    ['of another holder', withVoucher({ sub: D.aid }), 'DELEGATION_INVALID_VOUCHER voucher.sub'],
    ['that has expired', withVoucher({ exp: NOW }), 'DELEGATION_EXPIRED voucher.exp'],
    ['it outlives', withVoucher({ exp: NOW + 599 }), 'DELEGATION_EXPIRED delegation.voucher_expiry'],
    ['that grants less', withVoucher({ grants: ['x'] }), 'DELEGATION_SCOPE_EXCEEDED delegation.scope'],
  ])('refuses a token with a voucher %s', (_, verdict, expected) => {
    expect(verdict).toBe(expected)
  })

  it('compares the scope exactly, not by prefix', () => {
    expect(changed({ scope: ['alpha'] })).toBe('DELEGATION_SCOPE_EXCEEDED delegation.scope')
    expect(changed({ scope: ['alpha.write', 'alpha.read'] })).toBe('accepted')
  })

  it('falls with the TCT behind the voucher, asked for in its own list after the signatures', () => {
    const asked: string[] = []
    const isRevoked = (jti: string, issuer: string) => {
      asked.push(`${jti} ${issuer}`)
      return jti === SRC_JTI
    }
    expect(verify(token, { isRevoked })).toBe('DELEGATION_SOURCE_TCT_REVOKED delegation.revocation')
    expect(asked).toEqual([`${SRC_JTI} ${A.aid}`])
    changed({ voucher: `${voucherText}x` }, { isRevoked })
    expect(asked).toHaveLength(1)
  })

  it('is narrowed by a decision that leaves less, and refused by one that leaves nothing', () => {
    const leaving = (grants: readonly string[]) => ({
      revocation: () => ({ outcome: 'narrowed' as const, grants, reason: 'no snapshot' }),
    })
    const verified = aitp.verifyDelegation(token, { ...context, ...leaving(['alpha.read']) })
    expect(verified.grants).toEqual(['alpha.read'])
    expect(verify(token, leaving([]))).toBe('POLICY_VIOLATION delegation.revocation')
  })

  it('refuses who delegates to himself, and a token bound to another key', () => {
    const own = { sub: B.aid, cnf: { jkt: aitp.thumbprint(B.aid) } }
    expect(changed(own)).toBe('DELEGATION_INVALID_SIGNATURE delegation.self')
    const foreign = { cnf: { jkt: aitp.thumbprint(D.aid) } }
    expect(changed(foreign)).toBe('DELEGATION_INVALID_SIGNATURE delegation.cnf')
  })

  it('asks for possession of the delegatee’s key when there is a presenter to ask about', () => {
    expect(verify(token, { presenter: C.aid })).toBe('accepted')
    expect(verify(token, { presenter: B.aid })).toBe('DELEGATION_POP_FAILED delegation.possession')
    expect(verify(token, { presenter: null })).toBe('DELEGATION_POP_FAILED delegation.possession')
  })

  it('lists its checks in the order of the specification', () => {
    expect(delegationChecks.map(({ id }) => id).join(' ')).toBe(
      'delegation.multihop delegation.structure delegation.typ delegation.signer delegation.alg delegation.signature ' +
        'delegation.claims delegation.ver delegation.aud delegation.exp delegation.voucher voucher.structure ' +
        'voucher.typ voucher.signer voucher.iss voucher.alg voucher.signature voucher.claims voucher.ver voucher.sub ' +
        'voucher.exp delegation.voucher_expiry delegation.scope delegation.revocation delegation.self delegation.cnf ' +
        'delegation.possession',
    )
  })

  it('reports what passed, what was skipped and what was not reached', () => {
    const collector = aitp.createCollector()
    aitp.verifyDelegation(token, { ...context, collector })
    const accepted = collector.report('delegation', NOW)
    expect(accepted).toMatchObject({ subject: 'delegation', verdict: 'accepted', code: null })
    expect(accepted.checks.filter(({ status }) => status === 'skipped').map(({ id }) => id)).toEqual([
      'delegation.revocation',
      'delegation.possession',
    ])
    verify(mint(B, { ...claims, scope: ['x'] }, { typ }), { collector })
    const refused = collector.report('delegation', NOW)
    expect(refused).toMatchObject({ verdict: 'refused', code: 'DELEGATION_SCOPE_EXCEEDED' })
    expect(refused.checks.map(({ status }) => status).slice(-6)).toEqual([
      'passed',
      'failed',
      ...Array.from({ length: 4 }, () => 'not_reached'),
    ])
  })
})

describe('known answers', () => {
  it('the signed example verifies at the issuer of its voucher', () => {
    const { delegation_token, decoded_claims } = readVector<{
      delegation_token: string
      decoded_claims: { exp: number }
    }>('aitp/known-answer/signed-examples/delegation/single-hop-001-002-003.json')
    const verified = aitp.verifyDelegation(delegation_token, { now: T0, selfAid: A.aid, presenter: C.aid })
    expect(verified.claims).toEqual(decoded_claims)
    const carried = aitp.verifyVoucher(verified.claims.voucher ?? '', { now: T0 })
    const again = aitp.buildDelegation(B, {
      voucher: carried,
      delegatee: C.aid,
      scope: verified.grants,
      now: T0,
      ttlSecs: 1800,
    })
    expect(again).toEqual({ token: delegation_token, claims: decoded_claims })
  })
})
