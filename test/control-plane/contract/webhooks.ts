import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { type Check, fresh, type Json } from './check.ts'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody on this machine who takes deliveries. */
export async function openReceiver(answer: (count: number) => number = () => 200) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    response.writeHead(answer(received.length), { location: '/elsewhere' }).end('as you say')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const webhookChecks: Check[] = [
  {
    row: 2,
    title: 'a webhook is made with its secret, and shown without it ever after',
    async run({ ask }) {
      const url = 'https://93.184.215.14/hook'
      const made = await ask('POST', '/api/webhooks', {
        body: { url, events: ['tct.revoked', 7], active: false },
      })
      expect(made).toMatchObject({ status: 201, body: { url, events: ['tct.revoked'], active: false } })
      expect(made.body.secret).toMatch(/^[0-9a-f]{32}$/)
      const { webhooks } = (await ask('GET', '/api/webhooks')).body
      const shown = webhooks.find(({ id }: Json) => id === made.body.id)
      expect(Object.keys(shown).sort()).toEqual(['active', 'createdAt', 'events', 'id', 'updatedAt', 'url'])
      const path = `/api/webhooks/${made.body.id}`
      const changed = await ask('PATCH', path, { body: { events: [] } })
      expect(changed).toMatchObject({ status: 200, body: { events: [], url } })
      expect(await ask('DELETE', path)).toMatchObject({
        status: 200,
        body: { id: made.body.id, deleted: true },
      })
      expect(await ask('DELETE', path)).toMatchObject({ status: 404 })
    },
  },
  {
    row: 2,
    title: 'a webhook can be read by itself and updated with PUT',
    original: 'knows neither (D-04, D-05)',
    async run({ ask }) {
      const asked = { url: 'https://93.184.215.14/hook', active: false }
      const { body } = await ask('POST', '/api/webhooks', { body: asked })
      const path = `/api/webhooks/${body.id}`
      expect(await ask('PUT', path, { body: { events: ['tct.revoked'] } })).toMatchObject({
        status: 200,
        body: { events: ['tct.revoked'] },
      })
      const read = await ask('GET', path)
      expect(read).toMatchObject({ status: 200, body: { id: body.id, events: ['tct.revoked'] } })
      expect(read.text).not.toContain(body.secret)
      await ask('DELETE', path)
    },
  },
  {
    row: 9,
    title: 'receivers inside a network are refused',
    async run({ ask }) {
      for (const url of [
        'http://10.0.0.1/x',
        'http://172.16.0.1/x',
        'http://192.168.1.1/x',
        'http://169.254.169.254/latest',
        'http://100.64.0.1/x',
        'http://0.0.0.0/x',
        'http://224.0.0.1/x',
        'http://[::ffff:10.0.0.1]/x',
        'http://[fe80::1]/x',
        'http://[fc00::1]/x',
        'ftp://93.184.215.14/x',
        'not a url',
      ])
        expect(await ask('POST', '/api/webhooks', { body: { url } }), url).toMatchObject({
          status: 400,
          body: { code: 'URL_NOT_ALLOWED' },
        })
    },
  },
  {
    row: 9,
    title: 'a delivery is signed over exactly its bytes',
    original: 'refuses every receiver on this machine (D-18)',
    async run(cp) {
      const receiver = await openReceiver()
      try {
        const { body: webhook } = await cp.ask('POST', '/api/webhooks', {
          body: { url: receiver.url, events: ['tct.revoked'] },
        })
        const { jti } = { jti: fresh().jti() }
        await cp.ask('POST', '/api/revocation/entries', { body: { jti } })
        await cp.ask('POST', '/api/events', { body: [{ type: 'handshake.complete' }] })
        const ours = () => receiver.received.filter(({ body }) => body.includes(jti))
        await expect.poll(() => ours().length).toBe(1)
        const [{ headers, body } = { headers: {}, body: '' }] = ours()
        const signature = createHmac('sha256', webhook.secret).update(body).digest('hex')
        expect(headers).toMatchObject({
          'content-type': 'application/json',
          'x-aitp-event': 'tct.revoked',
          'x-aitp-signature': `sha256=${signature}`,
        })
        expect(JSON.parse(body)).toMatchObject({
          deliveryId: headers['x-aitp-delivery'],
          eventType: 'tct.revoked',
          payload: { type: 'tct.revoked', source: 'cp', payload: { jti } },
          enqueuedAt: expect.stringMatching(/Z$/),
        })
        expect(receiver.received.every((one) => one.headers['x-aitp-event'] === 'tct.revoked')).toBe(true)
        await cp.ask('DELETE', `/api/webhooks/${webhook.id}`)
      } finally {
        await receiver.close()
      }
    },
  },
  {
    row: 9,
    title: 'what was delivered, and what not, can be read',
    original: 'shows no deliveries',
    async run(cp) {
      const receiver = await openReceiver(() => 302)
      try {
        const { body: webhook } = await cp.ask('POST', '/api/webhooks', {
          body: { url: receiver.url, events: ['tct.revoked'] },
        })
        await cp.ask('POST', '/api/revocation/entries', { body: { jti: fresh().jti() } })
        const deliveries = async () =>
          (await cp.ask('GET', `/api/webhooks/${webhook.id}/deliveries`)).body.deliveries
        await expect.poll(async () => (await deliveries())[0]?.attempts).toBe(1)
        expect(await deliveries()).toMatchObject([
          {
            status: 'pending',
            statusCode: 302,
            error: 'non-2xx (302): as you say',
            nextRetryAt: expect.any(String),
          },
        ])
        expect(receiver.received).toHaveLength(1)
        await cp.ask('DELETE', `/api/webhooks/${webhook.id}`)
      } finally {
        await receiver.close()
      }
    },
  },
  {
    row: 9,
    title: 'a breaker that nobody knows is closed (D-22)',
    async run({ ask }) {
      const path = `/api/webhooks/${fresh().jti()}/circuit-breaker`
      const closed = {
        state: 'closed',
        failures: 0,
        consecutiveSuccesses: 0,
        openedAt: null,
        nextProbeAt: null,
      }
      expect((await ask('GET', path)).body).toEqual(closed)
      expect((await ask('POST', `${path}/reset`)).body).toEqual(closed)
    },
  },
]
