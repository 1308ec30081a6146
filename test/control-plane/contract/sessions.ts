import { expect } from 'vitest'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

const started = 'handshake.started'
const complete = 'handshake.complete'
const failed = 'handshake.failed'

/** Plays handshake events of one session and gives what is projected. */
async function after(cp: ControlPlaneUnderTest, events: readonly Record<string, unknown>[]) {
  const { run, session, aid } = fresh()
  const body = events.map((event) => ({
    run_id: run,
    session_id: session,
    aid_a: aid('a'),
    aid_b: aid('b'),
    ...event,
  }))
  await cp.ask('POST', '/api/events', { body })
  const { status, body: answer } = await cp.ask('GET', `/api/sessions/${session}`)
  return { session: answer.session, events: answer.events, status, run, id: session, aid }
}

const transition = (
  from: readonly Record<string, unknown>[],
  event: Record<string, unknown>,
  expected: Record<string, unknown> | null,
  original?: string,
): Check => ({
  row: 4,
  title: `${from.map(({ type }) => type).join(', ') || 'nothing'}, then ${event['type']}: ${expected?.['status'] ?? 'no session'}`,
  ...(original === undefined ? {} : { original }),
  async run(cp) {
    const found = await after(cp, [...from, event])
    expect(found.session).toMatchObject(expected ?? {})
  },
})

const start = { type: started, boundary: 'intra_org', ts: 100 }
const end = { type: complete, grants: ['x'], ts: 200 }
const failure = { type: failed, error: 'no', ts: 200 }

export const sessionChecks: Check[] = [
  transition([], start, {
    status: 'started',
    boundary: 'intra_org',
    startedAt: new Date(100_000).toISOString(),
    grants: [],
    completedAt: null,
    error: null,
  }),
  transition([], end, { status: 'complete', grants: ['x'] }, 'makes no row without a start'),
  transition([], failure, { status: 'failed', error: 'no' }, 'makes no row without a start'),
  transition(
    [],
    { ...end, type: 'handshake.completed' },
    { status: 'complete' },
    'knows no such type (D-01)',
  ),
  transition([start], { ...start, boundary: 'cross_org' }, { status: 'started', boundary: 'intra_org' }),
  transition([start], end, {
    status: 'complete',
    grants: ['x'],
    completedAt: new Date(200_000).toISOString(),
  }),
  transition([start], failure, { status: 'failed', error: 'no', completedAt: null, grants: [] }),
  transition([start, end], start, { status: 'complete' }),
  transition([start, end], { ...end, grants: ['y'] }, { status: 'complete', grants: ['y'] }),
  transition([start, end], failure, { status: 'failed', error: 'no', grants: ['x'] }),
  transition([start, failure], start, { status: 'failed' }),
  transition([start, failure], end, { status: 'complete', error: null }, 'keeps the error of before'),
  transition([start, failure], { ...failure, error: 'again' }, { status: 'failed', error: 'again' }),
  {
    row: 4,
    title: 'a start that comes after its end fills in what it knows',
    original: 'loses the end',
    async run(cp) {
      const { session } = await after(cp, [end, start])
      expect(session).toMatchObject({ status: 'complete', boundary: 'intra_org', grants: ['x'] })
    },
  },
  {
    row: 2,
    title: 'sessions are listed by status, run and side, and limited',
    original: 'gives 200 whatever is asked for (D-09)',
    async run(cp) {
      const one = await after(cp, [start, end])
      const list = async (query: string) => (await cp.ask('GET', `/api/sessions?${query}`)).body.sessions
      const [listed] = await list(`run_id=${one.run}`)
      expect(listed).toEqual(one.session)
      expect(await list(`run_id=${one.run}&status=started`)).toEqual([])
      expect(await list(`aid=${encodeURIComponent(one.aid('b'))}`)).toHaveLength(1)
      expect(await list('limit=1')).toHaveLength(1)
      expect(Object.keys(listed).sort()).toEqual(
        [
          'aidA',
          'aidB',
          'boundary',
          'completedAt',
          'createdAt',
          'error',
          'grants',
          'runId',
          'sessionId',
          'startedAt',
          'status',
          'updatedAt',
        ].sort(),
      )
    },
  },
  {
    row: 2,
    title: 'one session has its events, a replay and an export in both forms',
    async run(cp) {
      const { id, events } = await after(cp, [
        start,
        { ...end, tct: { claims: { jti: fresh().jti(), iss: 'aid:a', sub: 'aid:b', grants: ['x'] } } },
      ])
      expect(events.map(({ type }: Json) => type)).toEqual([started, complete])
      const replay = await cp.ask('GET', `/api/sessions/${id}/replay?limit=1`)
      expect(replay.body).toMatchObject({ sessionId: id, count: 1, events: [{ type: started }] })
      const whole = await cp.ask('GET', `/api/sessions/${id}/export`)
      expect(whole.body).toMatchObject({
        session: { sessionId: id },
        tcts: [{ issuerAid: 'aid:a', subjectAid: 'aid:b', audienceAid: 'aid:b' }],
        exportedAt: expect.stringMatching(/Z$/),
      })
      const lines = await cp.ask('GET', `/api/sessions/${id}/export?format=jsonl`)
      expect(lines.headers.get('content-type')).toContain('application/x-ndjson')
      expect(lines.headers.get('content-disposition')).toContain('attachment')
      expect(
        lines.text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).kind),
      ).toEqual(['session', 'tct', 'event', 'event'])
    },
  },
  {
    row: 2,
    title: 'a session that nobody knows is 404, and its replay is empty (D-22)',
    async run({ ask }) {
      const { session } = fresh()
      for (const path of [`/api/sessions/${session}`, `/api/sessions/${session}/export`])
        expect(await ask('GET', path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
      expect(await ask('GET', `/api/sessions/${session}/replay`)).toMatchObject({
        status: 200,
        body: { sessionId: session, count: 0, events: [] },
      })
      expect(await ask('GET', `/api/sessions/${session}/replay?since=x`)).toMatchObject({
        status: 400,
        body: { code: 'BAD_REQUEST' },
      })
    },
  },
]
