import { expect } from 'vitest'
import { createAitp } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { type Check, fresh, type Json } from './check.ts'

const aitp = createAitp(nodeEngine)

const unknownJti = '00000000-0000-4000-8000-000000000000'

/** Method, path, whether it takes a key, and the status of a request with one (control-plane.md §2). */
const routes: readonly (readonly [string, string, 'key' | 'public', number])[] = [
  ['GET', '/api/registry/agents', 'public', 200],
  ['POST', '/api/events', 'key', 400],
  ['POST', '/api/revocation/entries', 'key', 400],
  ['GET', '/.well-known/aitp-revocation-list', 'public', 200],
  ['GET', '/api/events/history', 'key', 200],
  ['GET', '/api/sessions', 'key', 200],
  ['GET', '/api/sessions/none/replay', 'key', 200],
  ['GET', '/api/sessions/none', 'key', 404],
  ['GET', '/api/sessions/none/export', 'key', 404],
  ['POST', '/api/webhooks', 'key', 400],
  ['GET', '/api/webhooks', 'key', 200],
  ['DELETE', `/api/webhooks/${unknownJti}`, 'key', 404],
  ['PATCH', `/api/webhooks/${unknownJti}`, 'key', 404],
  ['GET', `/api/webhooks/${unknownJti}/circuit-breaker`, 'key', 200],
  ['POST', `/api/webhooks/${unknownJti}/circuit-breaker/reset`, 'key', 200],
  ['GET', '/api/tcts', 'key', 200],
  ['GET', '/api/delegations', 'key', 200],
  ['GET', '/api/dashboard/overview', 'key', 200],
  ['GET', '/api/dashboard/agents', 'key', 200],
  ['GET', '/api/trust-anchors', 'key', 200],
  ['POST', '/api/trust-anchors', 'key', 400],
  ['GET', `/api/trust-anchors/${unknownJti}`, 'key', 404],
  ['GET', '/api/pinned-keys', 'key', 200],
  ['POST', '/api/pinned-keys', 'key', 400],
  ['DELETE', '/api/pinned-keys', 'key', 400],
  ['POST', '/api/registry/enroll', 'public', 400],
  ['POST', '/api/registry/agents', 'public', 400],
  ['GET', '/api/audit', 'key', 200],
  ['GET', '/api/health', 'public', 200],
  ['GET', '/api/readyz', 'public', 200],
  ['GET', '/api/metrics', 'public', 200],
  ['GET', '/.well-known/aitp-manifest', 'public', 200],
]

export const faceChecks: Check[] = [
  ...routes.map(
    ([method, path, access, status]): Check => ({
      row: 1,
      title: `${method} ${path} is there, ${access === 'key' ? 'with a key alone' : 'for everybody'}`,
      async run({ ask }) {
        const options = method === 'POST' ? { text: 'not json' } : {}
        const answer = await ask(method, path, options)
        expect(answer.status).toBe(status)
        if (status >= 400)
          expect(answer.body).toMatchObject({ error: expect.any(String), code: expect.any(String) })
        const without = await ask(method, path, { ...options, key: null })
        expect(without.status).toBe(access === 'key' ? 401 : status)
        if (access === 'key') expect(without.body).toMatchObject({ code: 'INVALID_API_KEY' })
      },
    }),
  ),
  {
    row: 1,
    title: 'a wrong method is 405 with those that are taken, in JSON',
    original: 'has an empty body',
    async run({ ask }) {
      const answer = await ask('PUT', '/api/events')
      expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
      expect(answer.headers.get('allow')).toBe('POST')
    },
  },
  {
    row: 1,
    title: 'an unknown path is 404 with a key and 401 without, in JSON',
    original: 'answers with a page',
    async run({ ask }) {
      expect(await ask('GET', '/api/api/events')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
      expect(await ask('GET', '/api/nothing', { key: null })).toMatchObject({ status: 401 })
    },
  },
  {
    row: 1,
    title: 'a key is taken without the word Bearer too, and no other key is',
    async run({ ask }) {
      const { headers } = await ask('GET', '/api/tcts')
      expect(headers.get('x-request-id')).toMatch(/^cp-/)
      expect(await ask('GET', '/api/tcts', { key: 'wrong' })).toMatchObject({ status: 401 })
      const named = await ask('GET', '/api/tcts', { headers: { 'x-request-id': 'mine' } })
      expect(named.headers.get('x-request-id')).toBe('mine')
    },
  },
  {
    row: 1,
    title: 'its manifest verifies, and names the AID of its health',
    async run({ ask }) {
      const health = await ask('GET', '/api/health', { key: null })
      expect(health.body).toMatchObject({ ok: true, service: 'aitp-control-plane', db: 'ok' })
      const manifest = await ask('GET', '/.well-known/aitp-manifest', { key: null })
      const verified = aitp.verifyManifest(manifest.text, {
        now: Math.floor(Date.now() / 1000),
        allowLoopbackHttp: true,
      })
      expect(verified.aid).toBe(health.body.aid)
      expect(manifest.headers.get('cache-control')).toBe('max-age=3600')
    },
  },
  {
    row: 2,
    title: 'the overview counts what was reported in its range',
    async run({ ask }) {
      const { run, session, aid } = fresh()
      const before = (await ask('GET', '/api/dashboard/overview?range=1h')).body
      const common = { run_id: run, session_id: session, aid_a: aid('a'), aid_b: aid('b') }
      await ask('POST', '/api/events', {
        body: [
          { type: 'handshake.started', boundary: 'intra_org', ...common },
          { type: 'handshake.complete', ...common },
          { type: 'capability.invoked', capability: `cap-${run}`, ...common },
        ],
      })
      const after = (await ask('GET', '/api/dashboard/overview?range=1h')).body
      const grown = (name: string) => after.kpis[name] - before.kpis[name]
      expect(after.range).toBe('1h')
      expect({
        total: grown('handshakesTotal'),
        inRange: grown('handshakesInRange'),
        success: grown('handshakesSuccessInRange'),
        active: grown('activeSessions'),
        invocations: grown('capabilityInvocationsInRange'),
      }).toEqual({ total: 1, inRange: 1, success: 1, active: 0, invocations: 1 })
      expect(after.recentSessions[0]).toMatchObject({ sessionId: session, status: 'complete' })
      const sum = (list: Json[]) => list.reduce((all, { count }) => all + count, 0)
      expect(sum(after.charts.handshakesOverTime) - sum(before.charts.handshakesOverTime)).toBe(2)
      expect(after.charts.handshakesByBoundary.map(({ boundary }: Json) => boundary)).toContain('intra_org')
    },
  },
  {
    row: 2,
    title: 'a range that is none is a day, and it may be called window',
    original: 'ignores window (D-02)',
    async run({ ask }) {
      const range = async (query: string) => (await ask('GET', `/api/dashboard/overview?${query}`)).body.range
      expect(await range('')).toBe('24h')
      expect(await range('range=99y')).toBe('24h')
      expect(await range('window=7d')).toBe('7d')
      expect(await range('range=30d&window=7d')).toBe('30d')
    },
  },
]
