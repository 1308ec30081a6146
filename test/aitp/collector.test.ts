import { describe, expect, it } from 'vitest'
import { type Collector, createCollector } from '../../src/aitp/collector.ts'
import { commitChecks, helloChecks, manifestChecks, type Report, tctChecks } from '../../src/aitp/index.ts'
import { check, Ladder } from '../../src/aitp/ladder.ts'
import { A, aitp, B, manifestOf, mint, refusal, T0 } from './fixtures.ts'
import { edited, Scene } from './handshake/scene.ts'

const statuses = (report: Report) => report.checks.map(({ status }) => status)
const idsOf = (table: readonly { readonly id: string }[]) => table.map(({ id }) => id)

const table = [
  check('a.one', 'One', 'RFC 1', 'INVALID_ENVELOPE'),
  check('a.two', 'Two', 'RFC 2', 'INVALID_SIGNATURE'),
  check('a.three', 'Three', 'RFC 3', 'UNKNOWN_VERSION'),
] as const

type Id = (typeof table)[number]['id']

describe('a ladder', () => {
  function ladderWith(collector?: Collector): Ladder<Id> {
    return new Ladder(table, collector)
  }

  it('reports passed, skipped and, behind the first failure, not reached', () => {
    const collector = createCollector()
    const ladder: Ladder<Id> = ladderWith(collector)
    ladder.require('a.one', true, () => ({ expected: '1', actual: '1' }))
    const failing = () => ladder.require('a.two', false, () => ({ expected: '2', actual: '3' }))
    expect(refusal(failing)).toBe('INVALID_SIGNATURE a.two')
    expect(collector.report('tct', T0)).toEqual({
      subject: 'tct',
      verdict: 'refused',
      code: 'INVALID_SIGNATURE',
      checked_at: T0,
      checks: [
        { id: 'a.one', title: 'One', section: 'RFC 1', status: 'passed', expected: '1', actual: '1' },
        { id: 'a.two', title: 'Two', section: 'RFC 2', status: 'failed', expected: '2', actual: '3' },
        {
          id: 'a.three',
          title: 'Three',
          section: 'RFC 3',
          status: 'not_reached',
          expected: null,
          actual: null,
        },
      ],
    })
  })

  it('asks for evidence only when somebody wants it', () => {
    const evidence = () => {
      throw new TypeError('nobody asked')
    }
    const ladder: Ladder<Id> = ladderWith()
    ladder.require('a.one', true, evidence)
    ladder.pass('a.two', evidence)
    const watched: Ladder<Id> = ladderWith(createCollector())
    expect(() => watched.require('a.one', true, evidence)).toThrow('nobody asked')
  })

  it('refuses to run its checks out of order', () => {
    const ladder: Ladder<Id> = ladderWith(createCollector())
    ladder.pass('a.one')
    expect(() => ladder.pass('a.three')).toThrow('check a.three is out of order; the table has a.two here')
  })

  it('names the values in the message, and which code when the case has another', () => {
    const ladder: Ladder<Id> = ladderWith()
    expect(() => ladder.refuse('a.one', { expected: '1', actual: '2', code: 'UNKNOWN_FIELD' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_FIELD', message: 'not so: One (expected 1, got 2)' }),
    )
  })
})

describe('a report', () => {
  it('of a verification that broke off is no acceptance', () => {
    const collector = createCollector()
    expect(collector.report('unsigned', T0)).toMatchObject({ verdict: 'refused', code: null, checks: [] })
    const ladder: Ladder<Id> = new Ladder(table, collector)
    ladder.pass('a.one')
    const report = collector.report('tct', T0)
    expect([report.verdict, ...statuses(report)]).toEqual(['refused', 'passed', 'not_reached', 'not_reached'])
  })

  it('of an accepted TCT has none failed, and says what was not given', () => {
    const { verified } = manifestOf(A, 'alpha')
    const collector = aitp.createCollector()
    const { token } = aitp.issueTct(A, {
      subject: B.aid,
      grants: ['alpha.read'],
      now: T0,
      ttlSecs: 60,
      notAfter: verified.expiresAt,
      jti: '550e8400-e29b-41d4-a716-446655440000',
    })
    aitp.verifyTct(token, { now: T0, expectedIssuer: A.aid, collector })
    const report = collector.report('tct', T0)
    expect(report).toMatchObject({ verdict: 'accepted', code: null })
    expect(idsOf(report.checks)).toEqual(idsOf(tctChecks))
    const skipped = report.checks
      .filter(({ status }) => status === 'skipped')
      .map(({ id, actual }) => `${id}: ${actual}`)
    expect(skipped).toEqual([
      'tct.aud: no audience was expected',
      'tct.manifest_expiry: no manifest of the issuer was given',
      'tct.revocation: no revocation source was given',
      'tct.required_grant: no grant was required',
    ])
    expect(report.checks.find(({ id }) => id === 'tct.exp')).toMatchObject({
      expected: `exp > now ${T0}`,
      actual: String(T0 + 60),
    })
  })

  it('of an expired manifest shows both times and what was not reached', () => {
    const collector = aitp.createCollector()
    const { text } = manifestOf(A, 'alpha')
    const act = () => aitp.verifyManifest(text, { now: T0 + 86400, collector })
    expect(refusal(act)).toBe('MANIFEST_EXPIRED manifest.expires_at')
    const report = collector.report('manifest', T0 + 86400)
    expect(report.code).toBe('MANIFEST_EXPIRED')
    expect(idsOf(report.checks)).toEqual(idsOf(manifestChecks))
    expect(statuses(report)).toEqual([...Array(4).fill('passed'), 'failed', ...Array(4).fill('not_reached')])
    expect(report.checks[4]).toMatchObject({
      expected: `expires_at > now ${T0 + 86400}`,
      actual: String(T0 + 86400),
    })
  })

  it('of a hello has the checks of its manifest and identity inline', () => {
    const scene = new Scene()
    const collector = aitp.createCollector()
    aitp.receiveHello(scene.b, scene.start().message, { ...scene.step(T0 + 1), collector })
    const report = collector.report('mutual_hello', T0 + 1)
    expect(report.verdict).toBe('accepted')
    expect(idsOf(report.checks)).toEqual(idsOf(helloChecks))
    const skipped = report.checks.filter(({ status }) => status === 'skipped').map(({ id }) => id)
    expect(skipped).toEqual([
      'hello.expected_peer',
      'identity.trust_anchor',
      'identity.pin',
      'identity.issuer_keys',
    ])
  })

  it('of a commit without voucher shows its checks as skipped', () => {
    const scene = new Scene({ issueVoucher: false })
    const { ack, commit } = scene.untilCommit()
    const collector = aitp.createCollector()
    ack.state.onCommit(commit.message, { ...scene.step(T0 + 3), collector })
    const report = collector.report('mutual_commit', T0 + 3)
    expect(report.verdict).toBe('accepted')
    expect(idsOf(report.checks)).toEqual(idsOf(commitChecks))
    const vouchers = report.checks.filter(({ id }) => id.startsWith('voucher.'))
    expect(new Set(vouchers.map(({ status }) => status))).toEqual(new Set(['skipped']))
  })

  it('is the same whether or not a collector watches', () => {
    const token = mint(B, { iss: A.aid })
    const context = { now: T0, expectedIssuer: A.aid }
    const watched = refusal(() => aitp.verifyTct(token, { ...context, collector: aitp.createCollector() }))
    expect(refusal(() => aitp.verifyTct(token, context))).toBe(watched)
  })

  it('shows no nonce, proof, signature or token whole', () => {
    const scene = new Scene()
    const reports: Report[] = []
    const watch = <T>(act: (collector: Collector) => T): T | undefined => {
      const collector = aitp.createCollector()
      try {
        return act(collector)
      } catch {
        return undefined
      } finally {
        reports.push(collector.report('unsigned', T0))
      }
    }
    const { hello, ack, commit, commitAck } = scene.untilCommitAck()
    const secrets = [hello, ack, commit, commitAck].flatMap(({ message }) => {
      const { payload, signature } = JSON.parse(message)
      const { pop_nonce, pop_nonce_echo, pop_signature, tct, grant_voucher, identity } = payload
      return [signature, pop_nonce, pop_nonce_echo, pop_signature, tct, grant_voucher, identity?.proof]
    })
    // Each message is judged again in a fresh scene, as it is and with each member of its payload spoilt.
    for (const message of [
      hello.message,
      edited(hello.message, (draft) => Object.assign(draft.payload, { requested_grants: 1 })),
    ]) {
      watch((collector) => aitp.receiveHello(new Scene().b, message, { ...scene.step(T0), collector }))
    }
    const second = new Scene()
    const again = second.untilCommit()
    for (const member of ['pop_nonce_echo', 'pop_signature', 'tct', 'grant_voucher']) {
      const fresh = new Scene()
      const { ack: freshAck, commit: freshCommit } = fresh.untilCommit()
      const spoilt = edited(
        freshCommit.message,
        (draft) =>
          Object.assign(draft.payload, {
            [member]: String(draft.payload[member]).split('').reverse().join(''),
          }),
        A,
      )
      const { payload } = JSON.parse(spoilt)
      secrets.push(...Object.values<string>(payload))
      watch((collector) => freshAck.state.onCommit(spoilt, { ...fresh.step(T0 + 3), collector }))
    }
    watch((collector) =>
      again.ack.state.onCommit(again.commit.message, { ...second.step(T0 + 3), collector }),
    )

    const text = JSON.stringify(reports)
    const shown = secrets.filter(
      (secret): secret is string => typeof secret === 'string' && text.includes(secret),
    )
    expect(shown).toEqual([])
    expect(reports.some(({ verdict }) => verdict === 'accepted')).toBe(true)
    expect(reports.some(({ verdict }) => verdict === 'refused')).toBe(true)
  })
})
