import { expect } from 'vitest'
import { createAitp } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

const aitp = createAitp(nodeEngine)
const nowSecs = () => Math.floor(Date.now() / 1000)

async function list({ ask }: ControlPlaneUnderTest) {
  const served = await ask('GET', '/.well-known/aitp-revocation-list', { key: null })
  const { aid } = (await ask('GET', '/api/health', { key: null })).body
  const verify = (text: string) =>
    aitp.verifyRevocationList(text, { now: nowSecs(), expectedIssuer: aitp.parseAid(aid) })
  return { served, verify }
}

export const revocationChecks: Check[] = [
  {
    row: 8,
    title: 'the list verifies under the Control Plane’s own AID, and no change of it does',
    async run(cp) {
      const id = fresh().jti()
      await cp.ask('POST', '/api/revocation/entries', { body: { jti: id, reason: 'canary-reason' } })
      const { served, verify } = await list(cp)
      expect(served.headers.get('cache-control')).toBe('max-age=60')
      expect(verify(served.text).revoked.get(id)).toMatchObject({ jti: id, reason: 'canary-reason' })
      expect(() => verify(served.text.replace('canary-reason', 'another-reason'))).toThrow()
      const { expires_at, published_at } = served.body.revocation_list
      expect(expires_at - published_at).toBe(3_600)
    },
  },
  {
    row: 8,
    title: 'a new entry is there at the next read, without a reason where none was given',
    async run(cp) {
      await list(cp)
      const id = fresh().jti()
      expect(await cp.ask('POST', '/api/revocation/entries', { body: { jti: id } })).toMatchObject({
        status: 201,
        body: { jti: id, reason: null, revokedAt: expect.stringMatching(/Z$/) },
      })
      const { served } = await list(cp)
      const entry = served.body.revocation_list.entries.find(({ jti }: Json) => jti === id)
      expect(Object.keys(entry).sort()).toEqual(['jti', 'revoked_at'])
      const again = await cp.ask('GET', '/api/well-known/aitp-revocation-list', { key: null })
      expect(again.text).toBe(served.text)
    },
  },
  {
    row: 8,
    title: 'a second entry of one id answers what it said, and the first stands',
    async run(cp) {
      const id = fresh().jti()
      const post = (reason: string, revokedAt: string) =>
        cp.ask('POST', '/api/revocation/entries', { body: { jti: id, reason, revokedAt } })
      await post('first', '2026-01-01T00:00:00Z')
      expect(await post('second', '2026-02-01T00:00:00Z')).toMatchObject({
        status: 201,
        body: { reason: 'second', revokedAt: '2026-02-01T00:00:00.000Z' },
      })
      const { served, verify } = await list(cp)
      expect(verify(served.text).revoked.get(id)).toMatchObject({
        reason: 'first',
        revoked_at: 1_767_225_600,
      })
    },
  },
  {
    row: 8,
    title: 'ids of versions 1 to 5 are taken, others refused',
    async run(cp) {
      const version = (digit: number) =>
        fresh()
          .jti()
          .replace(/-4(?=...-[89ab])/, `-${digit}`)
      for (const digit of [1, 2, 3, 4, 5])
        expect(
          (await cp.ask('POST', '/api/revocation/entries', { body: { jti: version(digit) } })).status,
        ).toBe(201)
      for (const jti of [version(7), 'x', undefined, 7])
        expect(await cp.ask('POST', '/api/revocation/entries', { body: { jti } })).toMatchObject({
          status: 400,
          body: { code: 'JTI_INVALID' },
        })
      const long = { jti: fresh().jti(), reason: 'x'.repeat(501) }
      expect(await cp.ask('POST', '/api/revocation/entries', { body: long })).toMatchObject({
        status: 400,
        body: { code: 'BODY_INVALID' },
      })
      const { served, verify } = await list(cp)
      expect(verify(served.text).unusable).toBeNull()
    },
  },
  {
    row: 8,
    title: 'a date that verifiers refuse is refused, and the list stays good',
    original: 'takes any date',
    async run(cp) {
      const post = (revokedAt: string) =>
        cp.ask('POST', '/api/revocation/entries', { body: { jti: fresh().jti(), revokedAt } })
      for (const revokedAt of ['1969-12-31T23:59:59.999Z', '2999-01-01T00:00:00Z'])
        expect(await post(revokedAt)).toMatchObject({ status: 400, body: { code: 'BODY_INVALID' } })
      const first = '1970-01-01T00:00:00.000Z'
      expect(await post(first)).toMatchObject({ status: 201, body: { revokedAt: first } })
      const soon = new Date(Date.now() + 30_000).toISOString()
      expect(await post(soon)).toMatchObject({ status: 201, body: { revokedAt: soon } })
      const { served, verify } = await list(cp)
      expect(verify(served.text).unusable).toBeNull()
    },
  },
  {
    row: 7,
    title: 'a revocation is told as an event, and one that is told as an event enters no list',
    async run(cp) {
      const [entered, told] = [fresh().jti(), fresh().jti()]
      await cp.ask('POST', '/api/revocation/entries', { body: { jti: entered } })
      await cp.ask('POST', '/api/events', { body: [{ type: 'tct.revoked', jti: told }] })
      const { body } = await cp.ask('GET', '/api/events/history?type=tct.revoked&limit=1000')
      const ours = body.events.find(({ payload }: Json) => payload.jti === entered)
      expect(ours).toMatchObject({ source: 'cp', runId: null, payload: { jti: entered, reason: null } })
      const { served } = await list(cp)
      const ids = served.body.revocation_list.entries.map(({ jti }: Json) => jti)
      expect(ids).toContain(entered)
      expect(ids).not.toContain(told)
    },
  },
]
