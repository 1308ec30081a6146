import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createControlPlane } from '../../src/main/control-plane/client.ts'
import type { Projections } from '../../src/main/control-plane/projections.ts'
import { startControlPlane } from '../support/control-plane.ts'

async function asking() {
  const standIn = await startControlPlane()
  const controlPlane = createControlPlane(
    { choice: 'embedded', baseUrl: standIn.baseUrl, apiKey: 'the-key', aid: null, timeoutMs: 1_000 },
    pino({ level: 'silent' }),
  )
  onTestFinished(controlPlane.close)
  return { standIn, projections: controlPlane.projections }
}

type Read = readonly [
  name: string,
  path: string,
  key: string | null,
  read: (projections: Projections) => Promise<unknown>,
]

/** playground.md §8: what is asked for each read, and under which key the answer has it. */
const reads: readonly Read[] = [
  [
    'history',
    '/api/events/history?run_id=r&type=t&limit=200',
    'events',
    ({ history }) => history({ run_id: 'r', type: 't', limit: 200 }),
  ],
  [
    'sessions',
    '/api/sessions?run_id=r&limit=200',
    'sessions',
    ({ sessions }) => sessions({ run_id: 'r', status: undefined, limit: 200 }),
  ],
  [
    'tcts',
    '/api/tcts?issuer=i&limit=200&sessionId=s&active=true',
    'tcts',
    ({ tcts }) => tcts({ issuer: 'i', session_id: 's', active: 'true', limit: 200 }),
  ],
  ['tcts, active or not', '/api/tcts?limit=7', 'tcts', ({ tcts }) => tcts({ active: 'false', limit: 7 })],
  [
    'delegations',
    '/api/delegations?root_jti=j&limit=200',
    'delegations',
    ({ delegations }) => delegations({ root_jti: 'j', limit: 200 }),
  ],
  [
    'replay',
    '/api/sessions/a%2Fb/replay?limit=500',
    'events',
    ({ replay }) => replay({ session_id: 'a/b', limit: 500 }),
  ],
  ['overview (B-57)', '/api/dashboard/overview?range=24h', null, ({ overview }) => overview('24h')],
  ['agents', '/api/dashboard/agents', 'agents', ({ agents }) => agents()],
  ['trust anchors', '/api/trust-anchors', 'trustAnchors', ({ trustAnchors }) => trustAnchors(undefined)],
  ['pinned keys', '/api/pinned-keys?namespace=n', 'pinnedKeys', ({ pinnedKeys }) => pinnedKeys('n')],
]

describe('what a Control Plane shows', () => {
  it.each(reads)(
    '%s is asked for as the document has it, and read as it comes',
    async (_name, path, key, read) => {
      const { standIn, projections } = await asking()
      const record = { own: 'member' }
      const answer = key === null ? record : { [key]: [record, 'no record'] }
      standIn.answerWith(path, { status: 200, body: JSON.stringify(answer) })
      expect(await read(projections)).toEqual(key === null ? record : [record])
      expect(standIn.requests).toMatchObject([{ method: 'GET', path, authorization: 'Bearer the-key' }])
    },
  )

  it.each(reads)(
    '%s is empty where it is refused, not understood, or nobody answers',
    async (_name, path, key, read) => {
      const { standIn, projections } = await asking()
      const nothing = key === null ? {} : []
      for (const answer of [
        {
          status: 500,
          body: JSON.stringify(key === null ? { own: 'member' } : { [key]: [{ own: 'member' }] }),
        },
        { status: 200, body: '<html>' },
        { status: 200, body: '"text"' },
      ]) {
        standIn.answerWith(path, answer)
        expect(await read(projections)).toEqual(nothing)
      }
      await standIn.stop()
      expect(await read(projections)).toEqual(nothing)
    },
  )
})
