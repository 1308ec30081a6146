import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import {
  createEventBus,
  type StoredEvent,
} from '../../../src/main/control-plane/embedded/events/event-bus.ts'
import { controlPlaneMigrations } from '../../../src/main/control-plane/embedded/migrations.ts'
import { defaultSettings } from '../../../src/main/control-plane/embedded/settings.ts'
import { createBreakers } from '../../../src/main/control-plane/embedded/webhooks/breaker.ts'
import { createDispatcher } from '../../../src/main/control-plane/embedded/webhooks/dispatcher.ts'
import { post } from '../../../src/main/control-plane/embedded/webhooks/post.ts'
import { checkReceiver } from '../../../src/main/control-plane/embedded/webhooks/url-guard.ts'
import { createWebhookStore } from '../../../src/main/control-plane/embedded/webhooks/webhook-store.ts'
import { openDatabase } from '../../../src/main/store/database.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { openReceiver } from '../contract/webhooks.ts'

const minute = 60_000

/** A dispatcher with a clock that a test moves, and one webhook at a receiver that answers as it is told. */
async function desk(answer: (count: number) => number, changes = {}) {
  const receiver = await openReceiver(answer)
  let time = 1_000_000
  const now = () => time
  const settings = {
    ...defaultSettings,
    webhooks: { ...defaultSettings.webhooks, loopbackReceivers: { has: () => true }, ...changes },
  }
  const database = openDatabase(join(temporaryFolder(), 'cp.db'), controlPlaneMigrations)
  const store = createWebhookStore(database)
  const breakers = createBreakers(settings.webhooks, now)
  const bus = createEventBus()
  const dispatcher = createDispatcher({ bus, settings, now, log: pino({ level: 'silent' }) }, store, breakers)
  onTestFinished(async () => {
    await dispatcher.close()
    database.close()
    await receiver.close()
  })
  const id = randomUUID()
  const webhook = { id, url: receiver.url, events: [], secret: 'shared secret', active: true }
  store.insert({ ...webhook, createdAt: time, updatedAt: time })
  return {
    receiver,
    store,
    breakers,
    webhookId: id,
    deliveries: () => store.deliveriesOf(id, { limit: 100, offset: 0 }),
    async tell() {
      const before = receiver.received.length + store.count('pending')
      bus.publish(event)
      await expect.poll(() => receiver.received.length + store.count('pending')).toBeGreaterThan(before)
      await dispatcher.reap()
    },
    async pass(ms: number) {
      time += ms
      await dispatcher.reap()
    },
  }
}

const event: StoredEvent = {
  seq: 1,
  id: randomUUID(),
  type: 'tct.revoked',
  ts: 0,
  aidA: null,
  aidB: null,
  sessionId: null,
  runId: 'run',
  grants: null,
  payload: { jti: 'x' },
  source: 'cp',
  createdAt: 0,
}

test('the same bytes are sent again after half a minute and two minutes, and then no more', async () => {
  const { receiver, deliveries, tell, pass } = await desk(() => 500)
  await tell()
  await expect
    .poll(deliveries)
    .toMatchObject([{ attempts: 1, status: 'pending', error: 'non-2xx (500): as you say' }])
  await pass(30_000 - 1)
  expect(receiver.received).toHaveLength(1)
  await pass(1)
  expect(deliveries()).toMatchObject([{ attempts: 2, status: 'pending' }])
  await pass(2 * minute - 1)
  expect(receiver.received).toHaveLength(2)
  await pass(1)
  expect(deliveries()).toMatchObject([{ attempts: 3, status: 'failed', statusCode: 500 }])
  await pass(60 * minute)
  expect(receiver.received).toHaveLength(3)
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  expect(new Set(receiver.received.map(({ headers }) => headers['x-aitp-signature'])).size).toBe(1)
})

test('a signature is the HMAC of exactly the bytes that are sent', async () => {
  const { receiver, tell, deliveries } = await desk(() => 204)
  await tell()
  await expect.poll(deliveries).toMatchObject([{ status: 'delivered', statusCode: 204 }])
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received
  expect(headers['x-aitp-signature']).toBe(
    `sha256=${createHmac('sha256', 'shared secret').update(body).digest('hex')}`,
  )
})

test('a breaker opens after five failures, lets one probe through, and closes with its success', async () => {
  let status = 500
  const { receiver, breakers, webhookId, tell, pass, deliveries } = await desk(() => status, { attempts: 1 })
  for (let count = 1; count <= 5; count += 1) await tell()
  expect(breakers.snapshot(webhookId)).toMatchObject({ state: 'open', failures: 5 })
  expect(breakers.count('open')).toBe(1)
  // Held back, and not counted as an attempt.
  await tell()
  expect(receiver.received).toHaveLength(5)
  expect(deliveries().filter(({ error }) => error === 'circuit breaker open')).toMatchObject([
    { status: 'pending', attempts: 0 },
  ])
  await pass(minute + 30_000)
  expect(receiver.received).toHaveLength(6)
  expect(breakers.snapshot(webhookId)).toMatchObject({ state: 'open' })
  status = 200
  await tell()
  await pass(minute + 30_000)
  expect(breakers.snapshot(webhookId)).toMatchObject({ state: 'closed', failures: 0, nextProbeAt: null })
})

test('only one probe is out at a time, and an abandoned one lets another through', () => {
  let time = 0
  const breakers = createBreakers({ ...defaultSettings.webhooks, breakerThreshold: 1 }, () => time)
  expect(breakers.admit('w')).toBe(true)
  breakers.report('w', 'failure')
  expect(breakers.admit('w')).toBe(minute)
  time = minute
  expect(breakers.snapshot('w').state).toBe('half_open')
  expect(breakers.admit('w')).toBe(true)
  expect(breakers.admit('w')).toBe(minute)
  breakers.giveUp('w')
  expect(breakers.admit('w')).toBe(true)
  breakers.report('w', 'failure')
  expect(breakers.snapshot('w')).toMatchObject({ state: 'open', nextProbeAt: 2 * minute })
  expect(breakers.reset('w')).toMatchObject({ state: 'closed', failures: 0 })
})

test('a webhook that is switched off gets nothing more of what waits for it', async () => {
  const { store, webhookId, tell, pass, deliveries } = await desk(() => 500)
  await tell()
  const webhook = store.find(webhookId)
  if (webhook !== null) store.update({ ...webhook, active: false })
  await pass(minute)
  expect(deliveries()).toMatchObject([{ status: 'failed', error: 'the webhook is gone or inactive' }])
})

test('a receiver is judged by every address its name has, at the time of each delivery (D-18)', async () => {
  const { webhooks } = defaultSettings
  const resolve =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const check = (url: string, settings = webhooks, ...addresses: string[]) =>
    checkReceiver(url, settings, resolve(...addresses))
  await expect(check('http://name.example/', webhooks, '93.184.215.14')).resolves.toHaveLength(1)
  await expect(check('http://name.example/', webhooks, '93.184.215.14', '10.0.0.1')).rejects.toMatchObject({
    code: 'URL_NOT_ALLOWED',
  })
  await expect(check('http://name.example/', webhooks, '127.0.0.1')).rejects.toThrow('not a public address')
  const ours = { ...webhooks, loopbackReceivers: new Set(['http://127.0.0.1:8000']) }
  await expect(check('http://127.0.0.1:8000/hook', ours, '127.0.0.1')).resolves.toHaveLength(1)
  await expect(check('http://127.0.0.1:8001/hook', ours, '127.0.0.1')).rejects.toThrow()
  const listed = { ...webhooks, allowlist: ['.example.org', 'one.example'] }
  await expect(check('http://a.example.org/', listed, '93.184.215.14')).resolves.toHaveLength(1)
  await expect(check('http://example.org/', listed, '93.184.215.14')).resolves.toHaveLength(1)
  await expect(check('http://badexample.org/', listed, '93.184.215.14')).rejects.toThrow('allowed receivers')
  await expect(check('http://a.example.org/', listed, '10.0.0.1')).rejects.toThrow()
})

/** Somebody who answers a request with these bytes, and then does what it likes with the connection. */
async function answering(text: string, after: (socket: Socket) => void = () => undefined) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(text)
      after(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}

const switched = { status: 101, text: '' }
const none = expect.any(Error)

test.each([
  [
    'switches protocols',
    switched,
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  ],
  ['says 101 and no more', switched, 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['never ends its answer', none, 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx'],
  ['never answers', none, ''],
])('a receiver that %s has its delivery settled, and holds nobody up', async (_name, settled, text) => {
  const { port, sockets } = await answering(text)
  const addresses = [{ address: '127.0.0.1', family: 4 }]
  const posted = post(`http://127.0.0.1:${port}/`, '{}', {}, { addresses, timeoutMs: 200 })
  expect(await posted.catch((error: unknown) => error)).toEqual(settled)
  await expect.poll(() => sockets.map(({ closed }) => closed)).toEqual([true])
})

test('a receiver that hangs up in the middle is one that failed', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx', (socket) =>
    socket.destroySoon(),
  )
  const addresses = [{ address: '127.0.0.1', family: 4 }]
  const posted = post(`http://127.0.0.1:${port}/`, '{}', {}, { addresses, timeoutMs: 10_000 })
  await expect(posted).rejects.toThrow()
})

test('what is connected to is the address that was checked, whatever the name says by then', async () => {
  const { receiver, ...others } = await desk(() => 200)
  const { port } = new URL(receiver.url)
  const asked: string[] = []
  // A name that is nobody's: only what was checked can have been connected to.
  const url = `http://checked.invalid:${port}/hook`
  const addresses = await checkReceiver(
    url,
    { ...defaultSettings.webhooks, loopbackReceivers: { has: () => true } },
    async (host) => {
      asked.push(host)
      return asked.length === 1 ? [{ address: '127.0.0.1', family: 4 }] : []
    },
  )
  expect(await post(url, '{}', {}, { addresses, timeoutMs: 5_000 })).toMatchObject({ status: 200 })
  expect(asked).toEqual(['checked.invalid'])
  expect(receiver.received).toMatchObject([{ headers: { host: `checked.invalid:${port}` }, body: '{}' }])
  expect(others.deliveries()).toEqual([])
})

test('a receiver on this machine is judged again at each delivery', async () => {
  let isAllowed = true
  const loopbackReceivers = { has: () => isAllowed }
  const { receiver, tell, pass, deliveries } = await desk(() => 500, { loopbackReceivers })
  await tell()
  await expect.poll(deliveries).toMatchObject([{ attempts: 1, status: 'pending' }])
  isAllowed = false
  await pass(30_000)
  expect(deliveries()).toMatchObject([{ status: 'failed', error: 'the receiver is not allowed' }])
  expect(receiver.received).toHaveLength(1)
})

test('deliveries that cannot be read now are logged, and end nothing', async () => {
  const database = openDatabase(join(temporaryFolder(), 'cp.db'), controlPlaneMigrations)
  onTestFinished(() => database.close())
  const lines: string[] = []
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) })
  const now = () => 0
  const store = createWebhookStore(database)
  const broken = {
    ...store,
    due: () => {
      throw new Error('the disk is gone')
    },
  }
  const breakers = createBreakers(defaultSettings.webhooks, now)
  const bus = createEventBus()
  const dispatcher = createDispatcher({ bus, settings: defaultSettings, now, log }, broken, breakers)
  await expect.poll(() => lines.join('')).toContain('due webhooks could not be read')
  await dispatcher.close()
})
