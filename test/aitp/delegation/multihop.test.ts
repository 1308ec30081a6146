import { describe, expect, it } from 'vitest'
import { chainHash } from '../../../src/aitp/delegation/chain-hash.ts'
import type { DelegationContext } from '../../../src/aitp/index.ts'
import { multihopDelegationChecks } from '../../../src/aitp/index.ts'
import { A, aitp, B, C, D, engine, mint, P, readVector, T0 } from '../fixtures.ts'
import { type Changes, claims, JTI_1, JTI_2, NOW, SRC_JTI, typ, verify, voucherText } from './scene.ts'

const JTI_3 = '550e8400-e29b-41d4-a716-446655440003'
const on = { maxHops: 3 }

const firstClaims = { ...claims, jti: JTI_1 }
const first = mint(B, firstClaims, { typ })

const secondClaims = {
  ver: 'aitp/0.2',
  iss: C.aid,
  sub: D.aid,
  aud: A.aid,
  scope: ['alpha.read'],
  exp: NOW + 600,
  cnf: { jkt: aitp.thumbprint(D.aid) },
  jti: JTI_2,
  chain: [first],
  chain_hash: chainHash(engine, [first]),
}

/** The second token over a first with these changes. */
function over(
  firstChanges: Changes,
  changes: Changes = {},
  context: Partial<DelegationContext> = on,
): string {
  const chain = [mint(B, { ...firstClaims, ...firstChanges }, { typ })]
  return verify(
    mint(C, { ...secondClaims, chain, chain_hash: chainHash(engine, chain), ...changes }, { typ }),
    context,
  )
}

const second = mint(C, secondClaims, { typ })

describe('a chain of two tokens', () => {
  it('is accepted where three hops are', () => {
    const verified = aitp.verifyDelegation(second, { now: NOW, selfAid: A.aid, maxHops: 3, presenter: D.aid })
    expect(verified).toMatchObject({
      delegator: A.aid,
      issuedBy: C.aid,
      delegatee: D.aid,
      grants: ['alpha.read'],
      srcJti: SRC_JTI,
    })
  })

  it('is refused by default, and by a limit of two hops', () => {
    expect(verify(second)).toBe('DELEGATION_MULTIHOP_NOT_SUPPORTED delegation.multihop')
    expect(verify(second, { maxHops: 2 })).toBe('DELEGATION_HOP_LIMIT_EXCEEDED delegation.hops')
  })

  it('is what extending the first gives', () => {
    const extended = aitp.extendDelegation(C, {
      parent: first,
      delegatee: D.aid,
      scope: ['alpha.read'],
      now: NOW,
      jti: JTI_2,
    })
    expect(verify(extended.token, on)).toBe('accepted')
    expect(extended.claims).toEqual(secondClaims)
  })

  it.each<[string, unknown]>([
    ['empty', []],
    ['no list', 'x'],
    ['with something that is no token', [first, 1]],
  ])('is refused when the chain is %s', (_, chain) => {
    expect(over({}, { chain })).toBe('DELEGATION_INVALID_SIGNATURE delegation.chain')
  })

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['that of an empty chain', 'T1PNoYwrqgwDVLtfmj7L5e0Sq02OEbqHPC8RFhICuUU'],
    ['no digest', 1],
  ])('is refused when its commitment is %s', (_, chain_hash) => {
    expect(over({}, { chain_hash })).toBe('DELEGATION_CHAIN_HASH_MISMATCH delegation.chain_hash')
  })

  it.each<[string, Changes, string]>([
    ['without an id', { jti: undefined }, 'DELEGATION_INVALID_SIGNATURE chain.0.jti'],
    ['for another audience', { aud: B.aid }, 'DELEGATION_AUDIENCE_MISMATCH chain.0.aud'],
    ['that has expired', { exp: NOW }, 'DELEGATION_EXPIRED chain.0.exp'],
    ['without scope', { scope: [] }, 'DELEGATION_INVALID_SIGNATURE chain.0.claims'],
    ['of another version', { ver: 'aitp/9' }, 'UNKNOWN_VERSION chain.0.ver'],
    ['without a voucher', { voucher: undefined }, 'DELEGATION_INVALID_VOUCHER chain.0.voucher'],
    ['whose voucher is nonsense', { voucher: 'x' }, 'DELEGATION_INVALID_VOUCHER voucher.structure'],
    ['that outlives its voucher', { exp: T0 + 3601 }, 'DELEGATION_EXPIRED chain.0.voucher_expiry'],
    ['with more than its voucher grants', { scope: ['x'] }, 'DELEGATION_SCOPE_EXCEEDED chain.0.scope'],
    [
      'with a chain of its own',
      { chain: [], chain_hash: 'A'.repeat(43) },
      'DELEGATION_INVALID_VOUCHER chain.0.prefix',
    ],
    [
      'bound to another key',
      { cnf: { jkt: aitp.thumbprint(A.aid) } },
      'DELEGATION_INVALID_SIGNATURE chain.0.cnf',
    ],
    ['to himself', { sub: B.aid }, 'DELEGATION_INVALID_SIGNATURE chain.0.self'],
    [
      'to somebody else',
      { sub: P.aid, cnf: { jkt: aitp.thumbprint(P.aid) } },
      'DELEGATION_INVALID_VOUCHER delegation.continuity',
    ],
    ['that ends earlier', { exp: NOW + 599 }, 'DELEGATION_EXPIRED delegation.parent_expiry'],
    ['with another scope', { scope: ['alpha.write'] }, 'DELEGATION_SCOPE_EXCEEDED delegation.parent_scope'],
  ])('is refused over a first token %s', (_, changes, expected) => {
    expect(over(changes)).toBe(expected)
  })

  it.each<[string, Changes, string]>([
    ['has a voucher', { voucher: voucherText }, 'DELEGATION_INVALID_VOUCHER delegation.no_voucher'],
    ['repeats an id', { jti: JTI_1 }, 'DELEGATION_INVALID_SIGNATURE delegation.jti'],
    ['has no id', { jti: undefined }, 'DELEGATION_INVALID_SIGNATURE delegation.jti'],
    [
      'goes back to the same agent',
      { sub: C.aid, cnf: { jkt: aitp.thumbprint(C.aid) } },
      'DELEGATION_INVALID_SIGNATURE delegation.self',
    ],
    ['has an unknown claim', { iat: NOW }, 'UNKNOWN_FIELD delegation.claims'],
    ['has expired', { exp: NOW }, 'DELEGATION_EXPIRED delegation.exp'],
  ])('is refused when it %s', (_, changes, expected) => {
    expect(over({}, changes)).toBe(expected)
  })

  it('is refused when a token in it is signed by another, or is no delegation', () => {
    const forged = [mint(D, firstClaims, { typ })]
    expect(over({}, { chain: forged, chain_hash: chainHash(engine, forged) })).toBe(
      'DELEGATION_INVALID_SIGNATURE chain.0.signature',
    )
    const foreign = [voucherText]
    expect(over({}, { chain: foreign, chain_hash: chainHash(engine, foreign) })).toBe(
      'TOKEN_TYP_MISMATCH chain.0.typ',
    )
  })

  it('asks about the source in its own list and about each hop in that of its issuer', () => {
    const asked: string[] = []
    const ask = (listed: string) =>
      verify(second, {
        ...on,
        isRevoked: (jti, issuer) => {
          asked.push(`${jti} ${issuer}`)
          return jti === listed
        },
      })
    expect(ask('')).toBe('accepted')
    expect(asked).toEqual([`${SRC_JTI} ${A.aid}`, `${JTI_1} ${B.aid}`, `${JTI_2} ${C.aid}`])
    for (const jti of [SRC_JTI, JTI_1, JTI_2])
      expect(ask(jti)).toBe('DELEGATION_SOURCE_TCT_REVOKED delegation.revocation')
  })

  it('is refused when somebody else presents it', () => {
    expect(verify(second, { ...on, presenter: C.aid })).toBe('DELEGATION_POP_FAILED delegation.possession')
  })

  it('may have an id and no chain where chains are accepted, and is revoked by it', () => {
    expect(verify(first)).toBe('DELEGATION_INVALID_SIGNATURE delegation.claims')
    expect(verify(first, on)).toBe('accepted')
    expect(verify(first, { ...on, isRevoked: (jti) => jti === JTI_1 })).toBe(
      'DELEGATION_SOURCE_TCT_REVOKED delegation.revocation',
    )
  })

  it('reports every token of the chain by its place', () => {
    const collector = aitp.createCollector()
    aitp.verifyDelegation(second, { now: NOW, selfAid: A.aid, ...on, collector })
    const { checks, verdict } = collector.report('delegation', NOW)
    expect(verdict).toBe('accepted')
    expect(checks.map(({ id }) => id)).toEqual(multihopDelegationChecks(1).map(({ id }) => id))
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
  })
})

describe('a chain of three tokens', () => {
  const third = aitp.extendDelegation(D, {
    parent: second,
    delegatee: P.aid,
    scope: ['alpha.read'],
    now: NOW,
    jti: JTI_3,
  })

  it('is accepted where four hops are, and nowhere else', () => {
    expect(verify(third.token, { maxHops: 4 })).toBe('accepted')
    expect(verify(third.token, on)).toBe('DELEGATION_HOP_LIMIT_EXCEEDED delegation.hops')
  })

  it('is refused when the middle token commits to another chain', () => {
    const other = mint(B, { ...firstClaims, jti: JTI_3 }, { typ })
    const chain = [other, second]
    const text = mint(D, { ...third.claims, chain, chain_hash: chainHash(engine, chain) }, { typ })
    expect(verify(text, { maxHops: 4 })).toBe('DELEGATION_INVALID_VOUCHER chain.1.prefix')
  })

  it('is refused when the middle token’s own commitment is wrong', () => {
    const middle = mint(C, { ...secondClaims, chain_hash: 'A'.repeat(43) }, { typ })
    const chain = [first, middle]
    const text = mint(D, { ...third.claims, chain, chain_hash: chainHash(engine, chain) }, { typ })
    expect(verify(text, { maxHops: 4 })).toBe('DELEGATION_CHAIN_HASH_MISMATCH chain.1.prefix_hash')
  })

  it('never comes back to an agent it has been with', () => {
    const back = aitp.extendDelegation(D, {
      parent: second,
      delegatee: C.aid,
      scope: ['alpha.read'],
      now: NOW,
      jti: JTI_3,
    })
    expect(verify(back.token, { maxHops: 4 })).toBe('DELEGATION_INVALID_SIGNATURE delegation.loop')
  })
})

describe('extendDelegation', () => {
  const step = { delegatee: D.aid, scope: ['alpha.read'], now: NOW, jti: JTI_2 }

  it('takes a token without an id, or somebody else’s, for a mistake of the caller', () => {
    expect(() => aitp.extendDelegation(C, { ...step, parent: mint(B, claims, { typ }) })).toThrow(TypeError)
    expect(() => aitp.extendDelegation(D, { ...step, parent: first })).toThrow(TypeError)
  })
})

describe('known answers', () => {
  const { vectors } = readVector<{
    vectors: readonly {
      id: string
      chain?: readonly string[]
      chain_hash?: string
      chain_hash_truncated?: string
      outer_delegation_jws?: string
    }[]
  }>('aitp/known-answer/jcs-sha256.json')

  it('the commitment to a chain, and to nothing', () => {
    const full = vectors.find(({ id }) => id === 'kat-multihop-chain-001')
    expect(chainHash(engine, full?.chain ?? [])).toBe(full?.chain_hash)
    const truncated = vectors.find(({ id }) => id === 'kat-multihop-truncation-001')
    expect(chainHash(engine, [])).toBe(truncated?.chain_hash_truncated)
    const context = { now: T0, selfAid: A.aid, maxHops: 3 }
    expect(aitp.verifyDelegation(full?.outer_delegation_jws ?? '', context).delegatee).toBe(D.aid)
  })
})
