import { once } from 'node:events'
import http from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { type OpenEmbedded, startEmbedded } from '../../support/embedded-control-plane.ts'
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

test('somebody who asks for everything lets others be answered meanwhile', async () => {
  const embedded = await startEmbedded()
  for (let batch = 0; batch < 10; batch += 1) await tell(embedded, 500, 10)
  const { response } = await open(embedded, { 'last-event-id': '0' })
  const ids = idsOf(response)
  let answers = 0
  let isDone = false
  const others = (async () => {
    while (!isDone) {
      expect((await fetch(`${embedded.baseUrl}/api/health`)).status).toBe(200)
      if (ids.length < 5_000) answers += 1
    }
  })()
  await expect.poll(() => ids.length, { timeout: 10_000 }).toBe(5_000)
  isDone = true
  await others
  expect(answers).toBeGreaterThan(0)
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
