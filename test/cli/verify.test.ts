import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ArtefactKind } from '../../src/main/cli/verify-artefact.ts'
import { Report } from '../../src/shared/report.ts'
import { A, aitp, B, C, counting, manifestOf, T0 } from '../aitp/fixtures.ts'
import { temporaryFolder } from '../support/folders.ts'
import { program } from '../support/program.ts'

const now = T0 + 2
const jti = '550e8400-e29b-41d4-a716-446655440000'
const grants = ['alpha.read', 'alpha.write']
const tctOf = (subject = B.aid) =>
  aitp.issueTct(A, { subject, grants, now: T0, ttlSecs: 3600, notAfter: T0 + 7200, jti, issueVoucher: true })
const tct = tctOf()
const voucher = aitp.verifyVoucher(tct.voucher ?? '', { now })
const delegationTerms = { delegatee: C.aid, scope: ['alpha.read'], now }
const root = aitp.buildDelegation(B, { ...delegationTerms, voucher, jti: aitp.newUuid(counting(1)) })
const chain = aitp.extendDelegation(C, {
  ...delegationTerms,
  parent: root.token,
  delegatee: aitp.agentKey(new Uint8Array(32).fill(9)).aid,
  jti: aitp.newUuid(counting(2)),
})
const listOf = (entries: { jti: string; revoked_at: number }[], publishedAt = T0) =>
  aitp.buildRevocationList(A, { publishedAt, entries }).text

const artefacts = {
  manifest: manifestOf(A, 'alpha', { offers: grants }).text,
  tct: tct.token,
  delegation: aitp.buildDelegation(B, { ...delegationTerms, voucher }).token,
  chain: chain.token,
  'revocation-list': listOf([{ jti, revoked_at: T0 }]),
  nothingRevoked: listOf([]),
  'session-bundle': aitp.buildSessionBundle(A, {
    sessionId: jti,
    issuedAt: T0,
    participants: [B.aid, C.aid].map((aid) => ({ aid, tct: tctOf(aid).token })),
  }).text,
  trust: JSON.stringify({ revocation_policy: { mode: 'fail_open' } }),
}

/** `verify KIND` at the time of the test; options that take a file name an artefact. */
async function verify(
  kind: ArtefactKind,
  artefact: keyof typeof artefacts | { text: string },
  options: Readonly<Record<string, string>> = {},
) {
  const folder = temporaryFolder()
  const place = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const judged = place('judged', typeof artefact === 'string' ? artefacts[artefact] : artefact.text)
  const given = Object.entries(options).flatMap(([name, value]) => [
    `--${name}`,
    value in artefacts ? place(name, artefacts[value as keyof typeof artefacts]) : value,
  ])
  const at = 'at' in options ? [] : ['--at', String(now)]
  const { code, stdout, stderr } = await program(['verify', kind, judged, ...at, ...given, '--json'])
  const report = stdout === '' ? null : Report.parse(JSON.parse(stdout))
  const statusOf = (id: string) => report?.checks.find((check) => check.id === id)?.status
  return { code, stderr, report, statusOf }
}

const complete: readonly [ArtefactKind, Readonly<Record<string, string>>][] = [
  ['manifest', { issuer: A.aid }],
  ['tct', { issuer: A.aid, audience: B.aid, manifest: 'manifest', revocations: 'nothingRevoked' }],
  ['delegation', { audience: A.aid, revocations: 'nothingRevoked' }],
  ['revocation-list', { issuer: A.aid }],
  ['session-bundle', { audience: B.aid, issuer: A.aid, manifest: 'manifest', revocations: 'nothingRevoked' }],
]

describe('verify', () => {
  it.each(complete)('accepts a %s that is held against all that can be given', async (kind, options) => {
    const { code, stderr, report } = await verify(kind, kind as keyof typeof artefacts, options)
    expect({ code, stderr, verdict: report?.verdict }).toEqual({ code: 0, stderr: [], verdict: 'accepted' })
  })

  it.each(complete)('refuses a %s with one character changed, and ends with 1', async (kind, options) => {
    const text = artefacts[kind]
    const at = text.length - 20
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    const { code, report } = await verify(kind, { text: changed }, options)
    expect({ code, verdict: report?.verdict }).toEqual({ code: 1, verdict: 'refused' })
  })

  it('skips what is not given, and says so', async () => {
    const bare = await verify('tct', 'tct')
    expect(bare.code).toBe(0)
    for (const id of ['tct.iss', 'tct.aud', 'tct.manifest_expiry', 'tct.revocation']) {
      expect({ id, status: bare.statusOf(id) }).toEqual({ id, status: 'skipped' })
    }
    expect((await verify('revocation-list', 'revocation-list')).statusOf('revocation.issuer')).toBe('skipped')
  })

  it('refuses what the revocation list names, and what rests on it', async () => {
    const revocations = { revocations: 'revocation-list' }
    expect(await verify('tct', 'tct', revocations)).toMatchObject({
      code: 1,
      report: { code: 'TCT_REVOKED' },
    })
    const delegation = await verify('delegation', 'delegation', { audience: A.aid, ...revocations })
    expect(delegation).toMatchObject({ code: 1, report: { code: 'DELEGATION_SOURCE_TCT_REVOKED' } })
  })

  it('judges an old revocation list by the policy of the trust file, fail_closed without one', async () => {
    const old = { at: String(T0 + 1_000), revocations: 'nothingRevoked' }
    expect(await verify('tct', 'tct', old)).toMatchObject({ code: 1, report: { code: 'TCT_REVOKED' } })
    expect(await verify('tct', 'tct', { ...old, trust: 'trust' })).toMatchObject({ code: 0 })
    const list = { at: old.at }
    expect((await verify('revocation-list', 'nothingRevoked', list)).code).toBe(1)
    expect((await verify('revocation-list', 'nothingRevoked', { ...list, trust: 'trust' })).code).toBe(0)
  })

  it('follows a chain of delegations', async () => {
    expect(await verify('delegation', 'chain', { audience: A.aid })).toMatchObject({ code: 0 })
    expect(await verify('delegation', 'chain', { audience: B.aid })).toMatchObject({ code: 1 })
  })

  it.each([
    ['a delegation without who verifies it', 'delegation', {}, /--audience/],
    ['a session bundle without who verifies it', 'session-bundle', {}, /--audience/],
    ['a revocation list that does not verify', 'tct', { revocations: 'manifest' }, /--revocations/],
    ['a manifest that does not verify', 'tct', { manifest: 'nothingRevoked' }, /--manifest/],
    ['a trust file that is none', 'tct', { trust: 'manifest' }, /--trust/],
    ['an AID that is none', 'tct', { issuer: 'nobody' }, /--issuer/],
  ] as const)('refuses %s with 2', async (_, kind, options, sentence) => {
    const { code, stderr, report } = await verify(kind, kind, options)
    expect({ code, report }).toEqual({ code: 2, report: null })
    expect(stderr).toEqual([expect.stringMatching(sentence)])
  })
})
