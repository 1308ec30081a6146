import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createLocalClient } from '../../src/main/local-client.ts'
import { configured, startControlPlane } from '../support/control-plane.ts'
import { hostWith } from '../support/run-scenario.ts'
import { deliveryHeaders } from '../support/sign-delivery.ts'

const absent = '00000000-0000-4000-8000-000000000000'
const body = JSON.stringify({ deliveryId: 'd-1', eventType: 'tct.revoked', payload: { jti: 'x' } })

/** A run that stands still after it has subscribed, and what a Control Plane may send to it. */
async function subscribedRun() {
  const standIn = await startControlPlane()
  const secret = randomBytes(32).toString('hex')
  const webhook = { id: 'w-1', url: 'http://127.0.0.1/', events: [], secret }
  standIn.answerWith('/api/webhooks', { status: 201, body: JSON.stringify(webhook) })
  const { host } = await hostWith(
    {
      steps: [
        { id: 'subscribe', type: 'cp_subscribe_webhook' },
        { id: 'last', type: 'wait', ms: 1 },
      ],
    },
    configured(standIn),
  )
  const client = createLocalClient(host.handlers)
  const { run_id } = await client.call('startRun', { scenario_ref: 'test/case@1.0.0', paused: true })
  await client.call('stepRun', { run_id })
  await expect
    .poll(async () => (await client.call('runCpDeliveries', { run_id })).subscribed, { timeout: 20_000 })
    .toBe(true)
  const deliver = async (
    bytes: string | Buffer<ArrayBuffer>,
    headers: Record<string, string>,
    id = run_id,
  ) => {
    const answer = await fetch(`http://127.0.0.1:${host.port}/webhooks/cp/${id}`, {
      method: 'POST',
      headers,
      body: bytes,
    })
    return { status: answer.status, body: await answer.json() }
  }
  return { client, run_id, secret, deliver }
}

it('takes a delivery by its signature over the bytes, without the bearer, once', async () => {
  const { client, run_id, secret, deliver } = await subscribedRun()
  const signed = deliveryHeaders(body, secret, { 'x-aitp-event': 'tct.revoked' })
  const taken = { status: 200, body: { ok: true } }
  expect(await deliver(body, signed)).toEqual(taken)
  expect(await deliver(body, signed)).toEqual(taken)
  expect(
    await deliver('not { JSON', deliveryHeaders('not { JSON', secret, { 'x-aitp-delivery': 'd-2' })),
  ).toEqual(taken)
  const all = await client.call('runCpDeliveries', { run_id })
  expect(all).toMatchObject({
    subscribed: true,
    webhook: { id: 'w-1' },
    count: 2,
    deliveries: [
      { type: 'cp.webhook.delivered', run_id, delivery_id: 'delivery-1', event_type: 'tct.revoked' },
      { delivery_id: 'd-2', event_type: 'handshake.complete', payload: { raw: 'not { JSON' } },
    ],
  })
  const some = await client.call('runCpDeliveries', { run_id, event_type: 'tct.revoked' })
  expect(some.count).toBe(1)
  expect(JSON.stringify(await client.call('getRun', { run_id }))).not.toContain(secret)
})

it('refuses what is not signed under the subscription of that run, and leaves no trace of it', async () => {
  const { client, run_id, secret, deliver } = await subscribedRun()
  const { 'x-aitp-signature': _signature, ...unsigned } = deliveryHeaders(body, secret)
  const refused = { status: 401, body: { error: { code: 'webhook_refused' } } }
  expect(await deliver(body, unsigned)).toMatchObject(refused)
  expect(await deliver(body, deliveryHeaders(body, 'guess'))).toMatchObject(refused)
  expect(await deliver(`${body} `, deliveryHeaders(body, secret))).toMatchObject(refused)
  const gzip = deliveryHeaders(body, secret, { 'content-encoding': 'gzip' })
  expect(await deliver(gzipSync(body), gzip)).toMatchObject({ status: 422 })
  expect(await deliver(body, deliveryHeaders(body, secret), absent)).toMatchObject({ status: 404 })
  expect((await client.call('runCpDeliveries', { run_id })).count).toBe(0)
})
