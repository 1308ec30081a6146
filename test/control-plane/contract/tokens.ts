import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

async function tell({ ask }: ControlPlaneUnderTest, body: readonly Record<string, unknown>[]) {
  expect(await ask('POST', '/api/events', { body })).toMatchObject({ status: 200 })
}

async function tctsOf({ ask }: ControlPlaneUnderTest, issuer: string, more = '') {
  return (await ask('GET', `/api/tcts?issuer=${encodeURIComponent(issuer)}${more}`)).body.tcts
}

async function delegationsOf({ ask }: ControlPlaneUnderTest, query: string) {
  return (await ask('GET', `/api/delegations?${query}`)).body.delegations
}

const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (payload: unknown) => `${segment({ alg: 'EdDSA' })}.${segment(payload)}.AA`

/** A TCT, a delegation of it, one below that, and one below that again. */
async function family(cp: ControlPlaneUnderTest) {
  const { aid, jti } = fresh()
  const [tct, top, middle, leaf] = [jti(), jti(), jti(), jti()]
  const delegation = (own: string, parent: string, from: string, to: string) => ({
    type: 'delegation.issued',
    jti: own,
    parent_jti: parent,
    delegator_aid: aid(from),
    delegatee_aid: aid(to),
    scope: ['x'],
  })
  await tell(cp, [
    { type: 'tct.issued', tct: { jti: tct, iss: aid('a'), sub: aid('b'), grants: ['x'] } },
    delegation(top, tct, 'b', 'c'),
    delegation(middle, top, 'c', 'd'),
    delegation(leaf, middle, 'd', 'e'),
  ])
  const state = async () => {
    const rows = (await delegationsOf(cp, `root_jti=${top}`)) as Json[]
    const reason = (id: string) => rows.find((row) => row.jti === id)?.revokedReason ?? 'active'
    return { top: reason(top), middle: reason(middle), leaf: reason(leaf) }
  }
  return { aid, tct, top, middle, leaf, state }
}

export const tokenChecks: Check[] = [
  {
    row: 5,
    title: 'a token is read flat and wrapped, in the singular and the plural',
    async run(cp) {
      const { aid, jti, session } = fresh()
      const claims = (more = {}) => ({
        jti: jti(),
        iss: aid('a'),
        sub: aid('b'),
        grants: ['x'],
        iat: 100,
        exp: 4_000_000_000,
        ...more,
      })
      await tell(cp, [
        { type: 'handshake.complete', session_id: session, tct: claims() },
        { type: 'tct.issued', tct: { token: 'secret-token', claims: claims() } },
        { type: 'tct.issued', tcts: [claims(), { claims: claims() }] },
      ])
      const tcts = await tctsOf(cp, aid('a'))
      expect(tcts).toHaveLength(4)
      expect(tcts[0]).toMatchObject({
        issuer: aid('a'),
        subject: aid('b'),
        audience: aid('b'),
        grants: ['x'],
        issuedAt: new Date(100_000).toISOString(),
        revoked: false,
        revokedAt: null,
      })
      expect(await tctsOf(cp, aid('a'), `&sessionId=${session}`)).toHaveLength(1)
      expect(await tctsOf(cp, aid('a'), '&session_id=other')).toHaveLength(4)
      expect(JSON.stringify(tcts)).not.toContain('secret-token')
    },
  },
  {
    row: 5,
    title: 'the binding is cnf.jkt, cnf, or binding.cnf',
    async run(cp) {
      const { aid, jti } = fresh()
      const claims = (more: object) => ({ jti: jti(), iss: aid('a'), sub: aid('b'), ...more })
      await tell(cp, [
        {
          type: 'tct.issued',
          tcts: [
            claims({ cnf: { jkt: 'one' } }),
            claims({ cnf: 'two' }),
            claims({ binding: { cnf: 'three' } }),
            claims({}),
          ],
        },
      ])
      const bindings = (await tctsOf(cp, aid('a'))).map(({ bindingCnf }: Json) => bindingCnf)
      expect(bindings.sort()).toEqual(['one', 'three', 'two', null].sort())
    },
  },
  {
    row: 5,
    title: 'a token without a usable id, issuer or subject is left out',
    async run(cp) {
      const { aid, jti } = fresh()
      const sub = aid('b')
      await tell(cp, [
        {
          type: 'tct.issued',
          tcts: [
            { jti: 'mine', iss: aid('a'), sub },
            // Version 7.
            { jti: '0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a', iss: aid('a'), sub },
            { jti: jti(), iss: aid('a') },
          ],
        },
      ])
      expect(await tctsOf(cp, aid('a'))).toEqual([])
    },
  },
  {
    row: 5,
    title: 'the first report of a token stands, and the active ones can be asked for',
    async run(cp) {
      const { aid, jti } = fresh()
      const id = jti()
      const claims = (more: object) => ({ jti: id, iss: aid('a'), sub: aid('b'), ...more })
      await tell(cp, [
        { type: 'tct.issued', tct: claims({ grants: ['x'], exp: 100 }) },
        { type: 'tct.issued', tct: claims({ grants: ['y'] }) },
      ])
      expect(await tctsOf(cp, aid('a'))).toMatchObject([{ grants: ['x'] }])
      expect(await tctsOf(cp, aid('a'), '&capability=x')).toHaveLength(1)
      expect(await tctsOf(cp, aid('a'), '&capability=y')).toEqual([])
      expect(await tctsOf(cp, aid('a'), '&active=true')).toEqual([])
      expect(await tctsOf(cp, aid('a'), '&active=yes')).toHaveLength(1)
    },
  },
  {
    row: 6,
    title: 'the parent of a delegation is told, or read from the voucher, or from the first hop of a chain',
    async run(cp) {
      const { aid, jti } = fresh()
      const parent = jti()
      const voucher = unsigned({ src_jti: parent })
      const between = { iss: aid('b'), sub: aid('c'), scope: ['x'] }
      await tell(cp, [
        {
          type: 'delegation.issued',
          ...between,
          delegator: aid('b'),
          delegatee: aid('c'),
          jti: jti(),
          src_jti: parent,
        },
        { type: 'delegation.issued', tct: { claims: { ...between, jti: jti(), voucher } } },
        {
          type: 'delegation.issued',
          delegation: { claims: { ...between, jti: jti(), chain: [unsigned({ voucher }), unsigned({})] } },
        },
      ])
      const rows = await delegationsOf(cp, `parent_jti=${parent}`)
      expect(rows).toHaveLength(3)
      for (const row of rows)
        expect(row).toMatchObject({ delegator: aid('b'), delegatee: aid('c'), revoked: false })
    },
  },
  {
    row: 6,
    title: 'a delegation token without an id has one that anybody can compute',
    async run(cp) {
      const { aid, jti } = fresh()
      const parent = jti()
      const token = unsigned({ nonce: parent })
      await tell(cp, [
        {
          type: 'delegation.issued',
          tct: { token, claims: { iss: aid('b'), sub: aid('c'), scope: ['x'], src_jti: parent } },
        },
      ])
      const hex = createHash('sha1').update(`aitp-delegation:${token}`).digest('hex')
      const [row] = await delegationsOf(cp, `parent_jti=${parent}`)
      expect(row.jti.replaceAll('-', '').slice(0, 12)).toBe(hex.slice(0, 12))
      expect(row.jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    },
  },
  {
    row: 6,
    title: 'a tree ends where it meets itself, and orphans stay with the parent they name',
    async run(cp) {
      const { aid, jti } = fresh()
      const [one, two, orphan, nowhere] = [jti(), jti(), jti(), jti()]
      const issued = (own: string, parent: string) => ({
        type: 'delegation.issued',
        jti: own,
        parent_jti: parent,
        delegator: aid('b'),
        delegatee: aid('c'),
      })
      await tell(cp, [issued(one, two), issued(two, one), issued(orphan, nowhere)])
      const tree = await delegationsOf(cp, `root_jti=${one}`)
      expect(tree.map(({ jti: id }: Json) => id).sort()).toEqual([one, two].sort())
      expect(await delegationsOf(cp, `parentJti=${nowhere}`)).toMatchObject([{ jti: orphan }])
      expect(await cp.ask('GET', '/api/delegations?root_jti=x')).toMatchObject({
        status: 400,
        body: { code: 'BAD_REQUEST' },
      })
    },
  },
  {
    row: 6,
    title: 'the tree of a token is what grew from it',
    original: 'is empty, because a token is no delegation (D-06)',
    async run(cp) {
      const { tct, top, middle, leaf } = await family(cp)
      const tree = await delegationsOf(cp, `root_jti=${tct}`)
      expect(tree.map(({ jti: id }: Json) => id).sort()).toEqual([top, middle, leaf].sort())
    },
  },
  {
    row: 7,
    title: 'revoking a token takes every delegation below it',
    async run(cp) {
      const { tct, state, aid } = await family(cp)
      await tell(cp, [{ type: 'tct.revoked', jti: tct, ts: 1_000 }])
      const at = new Date(1_000_000).toISOString()
      expect(await tctsOf(cp, aid('a'))).toMatchObject([{ revoked: true, revokedAt: at }])
      const below = 'parent_revoked'
      expect(await state()).toEqual({ top: below, middle: below, leaf: below })
    },
  },
  {
    row: 7,
    title: 'revoking a delegation takes it and what is below it',
    async run(cp) {
      const { middle, state } = await family(cp)
      await tell(cp, [{ type: 'delegation.revoked', jti: middle }])
      expect(await state()).toEqual({ top: 'active', middle: 'explicit', leaf: 'parent_revoked' })
    },
  },
  {
    row: 7,
    title: 'an entry for a delegation marks the delegation too',
    original: 'kills its children and leaves it active (D-11)',
    async run(cp) {
      const { top, state } = await family(cp)
      await cp.ask('POST', '/api/revocation/entries', { body: { jti: top } })
      expect(await state()).toEqual({ top: 'explicit', middle: 'parent_revoked', leaf: 'parent_revoked' })
    },
  },
  {
    row: 7,
    title: 'what is below a revoked token is revoked in whatever order it is reported',
    original: 'marks only what it knew when the revocation came',
    async run(cp) {
      const { aid, jti } = fresh()
      const [root, parent, child, leaf] = [jti(), jti(), jti(), jti()]
      const issued = (own: string, above: string) => ({
        type: 'delegation.issued',
        jti: own,
        parent_jti: above,
        delegator: aid('b'),
        delegatee: aid('c'),
      })
      const revokedAt = '2026-01-01T00:00:00.000Z'
      await cp.ask('POST', '/api/revocation/entries', { body: { jti: root, revokedAt } })
      await tell(cp, [issued(leaf, child), issued(child, parent), issued(parent, root)])
      const rows = await delegationsOf(cp, `delegator=${encodeURIComponent(aid('b'))}`)
      expect(rows).toHaveLength(3)
      for (const row of rows)
        expect(row).toMatchObject({ revoked: true, revokedAt, revokedReason: 'parent_revoked' })
    },
  },
  {
    row: 7,
    title: 'a delegation that is reported after the one above it was revoked is revoked with it',
    original: 'stores it as not revoked',
    async run(cp) {
      const { aid, leaf } = await family(cp)
      await tell(cp, [{ type: 'delegation.revoked', jti: leaf, ts: 1_000 }])
      const late = fresh().jti()
      await tell(cp, [
        { type: 'delegation.issued', jti: late, parent_jti: leaf, delegator: aid('e'), delegatee: aid('f') },
      ])
      expect(await delegationsOf(cp, `parent_jti=${leaf}`)).toMatchObject([
        {
          jti: late,
          revoked: true,
          revokedReason: 'parent_revoked',
          revokedAt: new Date(1_000_000).toISOString(),
        },
      ])
    },
  },
  {
    row: 7,
    title: 'what was revoked first keeps its date and its reason',
    async run(cp) {
      const { tct, middle, state, top } = await family(cp)
      await tell(cp, [
        { type: 'delegation.revoked', jti: middle, ts: 1_000 },
        { type: 'tct.revoked', jti: tct, ts: 2_000 },
      ])
      expect(await state()).toEqual({
        top: 'parent_revoked',
        middle: 'explicit',
        leaf: 'parent_revoked',
      })
      const rows = await delegationsOf(cp, `root_jti=${top}`)
      expect(rows.find(({ jti: id }: Json) => id === middle).revokedAt).toBe(
        new Date(1_000_000).toISOString(),
      )
    },
  },
  {
    row: 7,
    title: 'a token that is reported after it was revoked is shown as revoked',
    original: 'stores it as not revoked',
    async run(cp) {
      const { aid, jti } = fresh()
      const id = jti()
      await cp.ask('POST', '/api/revocation/entries', { body: { jti: id } })
      await tell(cp, [{ type: 'tct.issued', tct: { jti: id, iss: aid('a'), sub: aid('b') } }])
      expect(await tctsOf(cp, aid('a'))).toMatchObject([{ revoked: true }])
    },
  },
]
