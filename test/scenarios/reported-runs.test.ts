import { expect, it } from 'vitest'
import type { Json } from '../control-plane/contract/check.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { eventsOf, hostWith, runToEnd } from '../support/run-scenario.ts'

const handshake = { id: 'trust', type: 'handshake', initiator: 'caller', responder: 'writer' } as const
const stay = { id: 'stay', type: 'wait', ms: 10_000 } as const
const embedded = { controlPlanePort: 0 }

async function storedOf(client: Awaited<ReturnType<typeof hostWith>>['client'], run_id: string) {
  const { events } = await client.call('runCpAudit', { run_id, limit: 1_000 })
  return events as Json[]
}

const typesOf = (events: Json[]) => events.map(({ type }) => type)

it('a run is told while it goes on, and each event once (B-59)', async () => {
  const { client } = await hostWith({ steps: [handshake, stay] }, embedded)
  const { run_id } = await client.call('startRun', { scenario_ref: 'test/case@1.0.0' })
  await expect
    .poll(async () => typesOf(await storedOf(client, run_id)), { timeout: 10_000 })
    .toContain('step.waiting')
  expect((await client.call('getRunStatus', { run_id })).status).toBe('running')
  await client.call('cancelRun', { run_id })
  await expect
    .poll(async () => typesOf(await storedOf(client, run_id)), { timeout: 5_000 })
    .toContain('run.cancelled')
  const record = await client.call('getRun', { run_id })
  const stored = await storedOf(client, run_id)
  expect(typesOf(stored).sort()).toEqual(record.events.map(({ type }) => type).sort())
})

const unreachable = { id: 'no', type: 'workflow', agent: 'caller', capability: 'write.content' } as const

it.each([
  { last: 'run.failed', steps: [unreachable] },
  { last: 'run.complete', steps: [handshake] },
])('a run that ends with $last is told to its end (B-58)', async ({ last, steps }) => {
  const { client } = await hostWith({ steps }, embedded)
  const record = await runToEnd(client)
  expect(record.events.at(-1)?.type).toBe(last)
  await expect
    .poll(async () => typesOf(await storedOf(client, record.run_id)), { timeout: 5_000 })
    .toContain(last)
})

it('says who took part under their AIDs, and in which boundary', async () => {
  const { client } = await hostWith({ steps: [handshake] }, embedded)
  const record = await runToEnd(client)
  const [caller, writer] = record.agents
  await expect
    .poll(async () => (await client.call('runCpSessions', { run_id: record.run_id })).sessions, {
      timeout: 5_000,
    })
    .toMatchObject([
      {
        status: 'complete',
        aidA: caller?.aid,
        aidB: writer?.aid,
        boundary: 'intra_org',
        grants: ['write.content'],
      },
    ])
})

it('webhooks are asked to another address than agents report to (B-72)', async () => {
  const standIn = await startControlPlane()
  const { client } = await hostWith(
    { steps: [{ id: 'subscribe', type: 'cp_subscribe_webhook', events: [] }] },
    configured(standIn, { PLAYGROUND_BASE_URL: 'http://127.0.0.1:1' }),
  )
  const record = await runToEnd(client)
  const asked = standIn.requests.find(({ path, method }) => path === '/api/webhooks' && method === 'POST')
  expect(JSON.parse(asked?.body ?? '{}').url).toBe(`http://127.0.0.1:1/webhooks/cp/${record.run_id}`)
  expect(eventsOf(record, 'revocation.list_fetched')).toHaveLength(2)
})
