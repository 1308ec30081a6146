import { once } from 'node:events'
import http from 'node:http'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createEventBus } from '../../../src/main/control-plane/embedded/events/event-bus.ts'
import { createEventStore } from '../../../src/main/control-plane/embedded/events/event-store.ts'
import { createIngest } from '../../../src/main/control-plane/embedded/events/ingest.ts'
import { ownEvent } from '../../../src/main/control-plane/embedded/events/own-event.ts'
import { controlPlaneMigrations } from '../../../src/main/control-plane/embedded/migrations.ts'
import { eventStream } from '../../../src/main/control-plane/embedded/routes/event-stream.ts'
import { defaultSettings } from '../../../src/main/control-plane/embedded/settings.ts'
import { listenOnLoopback } from '../../../src/main/listen.ts'
import { openDatabase } from '../../../src/main/store/database.ts'
import { type OpenEmbedded, startEmbedded } from '../../support/embedded-control-plane.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { asker } from '../contract/check.ts'

const kibibyte = 1024

/** A reader that takes nothing before it is told to. */
async function open({ baseUrl, apiKey }: OpenEmbedded, headers: Record<string, string> = {}) {
  const request = http.get(`${baseUrl}/api/events/stream`, {
    agent: false,
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
  })
  request.on('error', () => undefined)
  onTestFinished(() => void request.destroy())
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  response.on('error', () => undefined)
  return { status: response.statusCode, response }
}

/** Ids of events, as they come. */
function idsOf(response: http.IncomingMessage): number[] {
  const ids: number[] = []
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('id: ')) ids.push(Number(line.slice(4)))
  })
  return ids
}

async function tell({ baseUrl, apiKey }: OpenEmbedded, count: number, size: number): Promise<void> {
  const notes = 'x'.repeat(size)
  const { status } = await asker(baseUrl, apiKey)('POST', '/api/events', {
    body: Array.from({ length: count }, () => ({ type: 'large', notes })),
  })
  expect(status).toBe(200)
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('a past that is larger than what may lie unread comes whole, with what happens meanwhile, each once', async () => {
  const embedded = await startEmbedded()
  for (let batch = 0; batch < 60; batch += 1) await tell(embedded, 4, 60 * kibibyte)
  const { response } = await open(embedded, { 'last-event-id': '0' })
  const ids = idsOf(response)
  await expect.poll(() => ids.length).toBeGreaterThan(0)
  await tell(embedded, 4, 10)
  await expect.poll(() => ids.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(244)
  await tell(embedded, 1, 10)
  await expect.poll(() => ids.at(-1)).toBe(245)
  expect(ids).toEqual(numbers(245))
})

test('somebody who asks for everything lets others be served between two pages', async () => {
  const database = openDatabase(join(temporaryFolder(), 'cp.db'), controlPlaneMigrations)
  const log = pino({ level: 'silent' })
  const bus = createEventBus()
  const store = createEventStore(database)
  const ingest = createIngest({ database, bus, log, now: Date.now }, store)
  ingest(Array.from({ length: 1_000 }, () => ownEvent('small', {}, { now: 0 })))
  let turn = 0
  const turns: number[] = []
  const next = () => {
    turn += 1
    immediate = setImmediate(next)
  }
  let immediate = setImmediate(next)
  const { route } = eventStream(
    { bus, log, settings: defaultSettings },
    {
      ...store,
      after(...page) {
        turns.push(turn)
        return store.after(...page)
      },
    },
  )
  const server = http.createServer(async (_request, response) => {
    const query = new URLSearchParams('type=another')
    const question = {
      params: {},
      query,
      headers: { 'last-event-id': '0' },
      text: '',
      actor: null,
      requestId: '',
    }
    const answer = await route.answer(question)
    if ('stream' in answer) answer.stream(response)
  })
  const port = await listenOnLoopback(server, 0, 'exactly')
  onTestFinished(async () => {
    clearImmediate(immediate)
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    database.close()
  })
  http.get(`http://127.0.0.1:${port}/`, { agent: false }).on('error', () => undefined)
  await expect.poll(() => turns.length).toBe(11)
  expect(new Set(turns).size).toBe(11)
})

test('a reader that leaves what happens lying is cut off, and its place is given to another', async () => {
  const embedded = await startEmbedded({ settings: { stream: { capacity: 1, heartbeatMs: 60_000 } } })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const slow = await open(embedded)
  expect(slow.status).toBe(200)
  expect((await open(embedded)).status).toBe(503)
  const cutOff = async () =>
    /^aitp_control_plane_event_backlog_dropped (\d+)$/m.exec((await ask('GET', '/api/metrics')).text)?.[1]
  expect(await cutOff()).toBe('0')
  // The system takes some of it before anything lies here.
  for (let batch = 0; batch < 200 && (await cutOff()) === '0'; batch += 1)
    await tell(embedded, 4, 60 * kibibyte)
  expect(await cutOff()).toBe('1')
  await expect.poll(async () => (await open(embedded)).status).toBe(200)
})
