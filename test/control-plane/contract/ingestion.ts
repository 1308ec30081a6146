import { expect } from 'vitest'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

const history = async ({ ask }: ControlPlaneUnderTest, run: string) =>
  (await ask('GET', `/api/events/history?run_id=${run}`)).body.events

export const ingestionChecks: Check[] = [
  {
    row: 3,
    title: 'a batch is an array, or what is under events, and counts what was accepted',
    async run(cp) {
      const { run } = fresh()
      const event = { type: 'x.y', run_id: run }
      for (const body of [[event, event], { events: [event, null, 7, event] }]) {
        const answer = await cp.ask('POST', '/api/events', { body })
        expect(answer).toMatchObject({ status: 200, body: { ingested: 2 } })
      }
      expect(await cp.ask('POST', '/api/events', { body: { other: 1 } })).toMatchObject({
        status: 200,
        body: { ingested: 0 },
      })
      expect(await history(cp, run)).toHaveLength(4)
    },
  },
  {
    row: 3,
    title: 'a payload deeper than a database reads is kept, and the dashboard goes on',
    async run(cp) {
      const { run } = fresh()
      const deep = `${'{"a":'.repeat(1_100)}1${'}'.repeat(1_100)}`
      const text = `[{"type":"capability.invoked","run_id":"${run}","payload":${deep}}]`
      expect(await cp.ask('POST', '/api/events', { text })).toMatchObject({ status: 200 })
      expect(await history(cp, run)).toHaveLength(1)
      expect(await cp.ask('GET', '/api/dashboard/overview')).toMatchObject({ status: 200 })
    },
  },
  {
    row: 3,
    title: 'a list that is no list is refused in JSON',
    original: 'answers 500 without a body',
    async run({ ask }) {
      const answer = await ask('POST', '/api/events', { body: { events: 'many' } })
      expect(answer).toMatchObject({ status: 400, body: { code: 'BODY_INVALID' } })
    },
  },
  {
    row: 3,
    title: 'both spellings are one event, and a flat event is its own payload',
    async run(cp) {
      const { run, session, aid } = fresh()
      const snake = {
        type: 'a',
        run_id: run,
        session_id: session,
        aid_a: aid('a'),
        aid_b: aid('b'),
        grants: ['x'],
        more: 1,
      }
      const camel = {
        type: 'b',
        runId: run,
        sessionId: session,
        aidA: aid('a'),
        aidB: aid('b'),
        payload: { inner: 2 },
      }
      await cp.ask('POST', '/api/events', { body: [snake, camel] })
      const [b, a] = (await history(cp, run)).sort((one: Json, two: Json) => (one.type < two.type ? 1 : -1))
      expect(a).toMatchObject({
        type: 'a',
        aidA: aid('a'),
        aidB: aid('b'),
        sessionId: session,
        runId: run,
        grants: ['x'],
      })
      expect(a.payload).toMatchObject({ more: 1, type: 'a' })
      expect(b).toMatchObject({ type: 'b', grants: null, payload: { inner: 2 }, source: 'playground' })
      expect(Object.keys(a).sort()).toEqual(
        [
          'aidA',
          'aidB',
          'createdAt',
          'grants',
          'id',
          'payload',
          'runId',
          'sessionId',
          'source',
          'ts',
          'type',
        ].sort(),
      )
    },
  },
  {
    row: 3,
    title: 'times are seconds, milliseconds or a date',
    async run(cp) {
      const { run } = fresh()
      const at = 1_795_224_339.25
      const ts = [at, at * 1000, new Date(at * 1000).toISOString()]
      await cp.ask('POST', '/api/events', {
        body: ts.map((value) => ({ type: 't', run_id: run, ts: value })),
      })
      const events = await history(cp, run)
      expect(events.map((event: Json) => Date.parse(event.ts))).toEqual([at * 1000, at * 1000, at * 1000])
    },
  },
  {
    row: 3,
    title: 'an event without a type is unknown, and what is no date is now',
    async run(cp) {
      const { run } = fresh()
      const before = Date.now() - 60_000
      await cp.ask('POST', '/api/events', { body: [{ run_id: run, ts: 'yesterday' }] })
      const [event] = await history(cp, run)
      expect(event.type).toBe('unknown')
      expect(Date.parse(event.ts)).toBeGreaterThan(before)
    },
  },
  {
    row: 3,
    title: 'an event that comes twice under its id is heard once',
    original: 'gives every event a new id and stores both (D-03)',
    async run(cp) {
      const { run, jti } = fresh()
      const body = [{ id: jti(), type: 't', run_id: run }]
      await cp.ask('POST', '/api/events', { body })
      expect(await cp.ask('POST', '/api/events', { body })).toMatchObject({ body: { ingested: 1 } })
      const events = await history(cp, run)
      expect(events.map(({ id }: Json) => id)).toEqual([body[0]?.id])
    },
  },
  {
    row: 3,
    title: 'an id that is none is replaced',
    async run(cp) {
      const { run } = fresh()
      await cp.ask('POST', '/api/events', { body: [{ id: 'mine', type: 't', run_id: run }] })
      expect((await history(cp, run))[0].id).toMatch(/^[0-9a-f-]{36}$/)
    },
  },
  {
    row: 3,
    title: 'one event that is too wide does not take the others with it',
    original: 'loses the whole batch with a bare 500 (D-16)',
    async run(cp) {
      const { run } = fresh()
      const body = [
        { type: 'a', run_id: run },
        { type: 'b'.repeat(129), run_id: run },
        { type: 'c', run_id: run },
      ]
      const answer = await cp.ask('POST', '/api/events', { body })
      expect(answer).toMatchObject({
        status: 200,
        body: { ingested: 2, rejected: [{ index: 1, code: 'BODY_INVALID' }] },
      })
      expect(await history(cp, run)).toHaveLength(2)
    },
  },
  {
    row: 3,
    title: 'a batch has 500 events, a payload 64 KiB, a request 256 KiB',
    async run(cp) {
      const { run } = fresh()
      const many = (count: number) => Array.from({ length: count }, () => ({ type: 't', run_id: run }))
      expect(await cp.ask('POST', '/api/events', { body: many(500) })).toMatchObject({ status: 200 })
      expect(await cp.ask('POST', '/api/events', { body: many(501) })).toMatchObject({
        status: 413,
        body: { code: 'PAYLOAD_TOO_LARGE' },
      })
      const payload = (length: number) => [
        { type: 'big', run_id: run, payload: { text: 'x'.repeat(length) } },
      ]
      const frame = JSON.stringify({ text: '' }).length
      expect(await cp.ask('POST', '/api/events', { body: payload(65_536 - frame) })).toMatchObject({
        status: 200,
      })
      expect(await cp.ask('POST', '/api/events', { body: payload(65_537 - frame) })).toMatchObject({
        status: 413,
        body: { eventType: 'big' },
      })
      const text = (length: number) => `[${' '.repeat(length - 2)}]`
      expect(await cp.ask('POST', '/api/events', { text: text(262_144) })).toMatchObject({ status: 200 })
      expect(await cp.ask('POST', '/api/events', { text: text(262_145) })).toMatchObject({ status: 413 })
    },
  },
  {
    row: 3,
    title: 'the same key gives the same answer, and says so only then (D-10)',
    async run(cp) {
      const { run } = fresh()
      const headers = { 'idempotency-key': run }
      const first = await cp.ask('POST', '/api/events', { body: [{ type: 't', run_id: run }], headers })
      const second = await cp.ask('POST', '/api/events', { body: [], headers })
      expect([first.status, second.status]).toEqual([200, 200])
      expect(second.body).toEqual(first.body)
      expect(first.headers.get('idempotency-replayed')).toBeNull()
      expect(second.headers.get('idempotency-replayed')).toBe('true')
      expect(await history(cp, run)).toHaveLength(1)
    },
  },
  {
    row: 3,
    title: 'a key that is none is refused',
    async run({ ask }) {
      for (const key of [' ', 'x'.repeat(256)]) {
        const answer = await ask('POST', '/api/events', { body: [], headers: { 'idempotency-key': key } })
        expect(answer).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_INVALID' } })
      }
    },
  },
  {
    row: 3,
    title: 'history is filtered by type, side, session, run and time, the newest first',
    async run(cp) {
      const { run, session, aid } = fresh()
      const event = (type: string, ts: number, more = {}) => ({ type, run_id: run, ts, ...more })
      await cp.ask('POST', '/api/events', {
        body: [
          event('a', 1_000, { session_id: session, aid_a: aid('x') }),
          event('b', 2_000, { aid_b: aid('x') }),
          event('c', 3_000),
        ],
      })
      const types = async (filter: string) =>
        (await cp.ask('GET', `/api/events/history?run_id=${run}&${filter}`)).body.events.map(
          ({ type }: Json) => type,
        )
      expect(await types('')).toEqual(['c', 'b', 'a'])
      expect(await types('type=b')).toEqual(['b'])
      expect(await types(`aid=${encodeURIComponent(aid('x'))}`)).toEqual(['b', 'a'])
      expect(await types(`sessionId=${session}`)).toEqual(['a'])
      expect(await types('since=1970-01-01T00:33:20Z&until=1970-01-01T00:33:20Z')).toEqual(['b'])
      expect(await types('limit=1&offset=1')).toEqual(['b'])
      expect(await types('limit=0')).toEqual(['c'])
      expect(await types('limit=abc')).toEqual(['c', 'b', 'a'])
      expect(await cp.ask('GET', '/api/events/history?since=soon')).toMatchObject({
        status: 400,
        body: { code: 'FILTER_INVALID' },
      })
    },
  },
]
