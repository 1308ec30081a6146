import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createControlPlane } from '../../src/main/control-plane/client.ts'
import { readSignature } from '../../src/main/control-plane/delivery.ts'
import { createWebhookDesk } from '../../src/main/control-plane/webhook-desk.ts'
import { startControlPlane } from '../support/control-plane.ts'
import { temporaryFolder } from '../support/folders.ts'
import { newRun, openStoreAt, success } from '../support/open-store.ts'

const secret = 'secret-of-a-subscription'
const runId = 'run'

const sign = (body: string, key = secret) => createHmac('sha256', key).update(body).digest('hex')

const delivered = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    deliveryId: 'd-1',
    eventType: 'handshake.complete',
    payload: { type: 'handshake.complete' },
    enqueuedAt: new Date().toISOString(),
    ...changes,
  })

const request = (body: string, headers: { eventType?: string; deliveryId?: string } = {}) => ({
  body: Buffer.from(body),
  signature: readSignature(`sha256=${sign(body)}`),
  eventType: headers.eventType ?? null,
  deliveryId: headers.deliveryId ?? null,
})

/** A run going on with one subscription, at a Control Plane that knows of it. */
async function subscribed() {
  const standIn = await startControlPlane()
  const controlPlane = createControlPlane(
    { choice: 'embedded', baseUrl: standIn.baseUrl, apiKey: null, aid: null, timeoutMs: 1_000 },
    pino({ level: 'silent' }),
  )
  const opened = openStoreAt(join(temporaryFolder(), 'console.db'))
  onTestFinished(() => {
    controlPlane.close()
    opened.database.close()
  })
  const { store, logs, deliveries } = opened
  store.create(newRun(runId))
  const log = logs.open(runId)
  const { seq } = log.append(
    {
      type: 'cp.webhook.subscribed',
      step_id: 's',
      result: { id: 'w-1', url: 'http://127.0.0.1/', events: [] },
    },
    { source: 'runner', causeSeq: [] },
  )
  const desk = createWebhookDesk({ store, deliveries })
  const webhooks = desk.open(log, controlPlane)
  webhooks.add({ id: 'w-1', url: 'http://127.0.0.1/', events: [], secret }, [seq])
  const end = () => {
    log.end({ type: 'run.complete' }, success, [])
    webhooks.end()
  }
  const told = () => store.get(runId).events.filter(({ type }) => type === 'cp.webhook.delivered')
  return { standIn, desk, webhooks, deliveries, store, end, told, seq }
}

describe('the desk for webhooks', () => {
  it('tells the run what was delivered, as following from its subscription', async () => {
    const { desk, webhooks, told, seq } = await subscribed()
    desk.receive(runId, request(delivered(), { eventType: 'tct.revoked', deliveryId: 'from-header' }))
    await webhooks.delivered
    expect(told()).toMatchObject([
      {
        type: 'cp.webhook.delivered',
        delivery_id: 'from-header',
        event_type: 'tct.revoked',
        payload: { payload: { type: 'handshake.complete' } },
        cause_seq: [seq],
      },
    ])
  })

  it('goes by the body where headers say nothing, and keeps a body that is no JSON as text', async () => {
    const { desk, told } = await subscribed()
    desk.receive(runId, request(delivered()))
    desk.receive(runId, request('plain words', { eventType: 'x' }))
    expect(told()).toMatchObject([
      { delivery_id: 'd-1', event_type: 'handshake.complete' },
      { event_type: 'x', payload: { raw: 'plain words' } },
    ])
  })

  it('tells a delivery once, whatever its unsigned headers say the second time (B-37)', async () => {
    const { desk, told } = await subscribed()
    const body = delivered()
    desk.receive(runId, request(body, { deliveryId: 'd-1' }))
    desk.receive(runId, request(body, { deliveryId: 'd-1' }))
    desk.receive(runId, request(body, { deliveryId: 'another' }))
    desk.receive(runId, request(delivered({ payload: 'other bytes' }), { deliveryId: 'd-1' }))
    expect(told()).toHaveLength(1)
  })

  it('refuses a delivery of another time (B-37)', async () => {
    const { desk, told } = await subscribed()
    for (const minutes of [-6, 6]) {
      const enqueuedAt = new Date(Date.now() + minutes * 60_000).toISOString()
      expect(() => desk.receive(runId, request(delivered({ enqueuedAt })))).toThrow(
        expect.objectContaining({ code: 'webhook_refused' }),
      )
    }
    expect(told()).toEqual([])
  })

  it.each([
    ['another secret', `sha256=${sign(delivered(), 'other')}`],
    ['other bytes', `sha256=${sign('other')}`],
    ['another scheme', `sha512=${sign(delivered())}`],
    ['a signature cut short', sign(delivered()).slice(2)],
    ['none', undefined],
  ])('refuses %s and leaves no trace', async (_name, header) => {
    const { desk, told } = await subscribed()
    const refused = { ...request(delivered()), signature: readSignature(header) }
    expect(() => desk.receive(runId, refused)).toThrow(expect.objectContaining({ code: 'webhook_refused' }))
    expect(told()).toEqual([])
  })

  it('takes a signature without its scheme', async () => {
    const { desk, told } = await subscribed()
    const body = delivered()
    desk.receive(runId, { ...request(body), signature: readSignature(sign(body).toUpperCase()) })
    expect(told()).toHaveLength(1)
  })

  it('knows which runs there are, and which of them wait for something', async () => {
    const { desk, store } = await subscribed()
    store.create(newRun('quiet'))
    expect(() => desk.receive('nobody', request(delivered()))).toThrow(
      expect.objectContaining({ code: 'run_not_found' }),
    )
    expect(() => desk.receive('quiet', request(delivered()))).toThrow(
      expect.objectContaining({ code: 'webhook_refused' }),
    )
  })

  it('keeps no token that a delivery carries', async () => {
    const { desk, told } = await subscribed()
    const token = 'eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJl'
    desk.receive(runId, request(delivered({ payload: { tct: { token } } })))
    expect(told()).toMatchObject([{ payload: { payload: { tct: { token: '[token]' } } } }])
  })

  it('keeps what comes after the end beside the log, whose last event stays last (B-59)', async () => {
    const { desk, store, deliveries, end } = await subscribed()
    desk.receive(runId, request(delivered()))
    end()
    desk.receive(runId, request(delivered({ deliveryId: 'd-2' })))
    desk.receive(runId, request(delivered({ deliveryId: 'd-1', payload: 'again' })))
    expect(store.get(runId).events.at(-1)).toMatchObject({ type: 'run.complete' })
    expect(deliveries.list(runId)).toMatchObject([
      { type: 'cp.webhook.delivered', run_id: runId, delivery_id: 'd-2', event_type: 'handshake.complete' },
    ])
    store.delete(runId)
    expect(deliveries.list(runId)).toEqual([])
  })

  it('ends every subscription when it closes, and forgets its secret (B-18, B-32)', async () => {
    const { desk, standIn, end } = await subscribed()
    end()
    await desk.close()
    expect(standIn.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/webhooks/w-1',
    ])
    expect(() => desk.receive(runId, request(delivered()))).toThrow(
      expect.objectContaining({ code: 'webhook_refused' }),
    )
  })
})
