import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createAitp } from '../../../src/aitp/index.ts'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { createEnrolmentTokens } from '../../../src/main/control-plane/embedded/registry/enrolment-token.ts'
import { openEmbedded, startEmbedded } from '../../support/embedded-control-plane.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { asker, type Json } from '../contract/check.ts'
import { enrolAgent } from '../contract/enrolment.ts'
import { openReceiver } from '../contract/webhooks.ts'

const aitp = createAitp(nodeEngine)
const day = 24 * 3_600_000

test('is the same one after a restart, with all it knew, and delivers what it still owes (checklist 12)', async () => {
  const folder = temporaryFolder()
  const seed = randomBytes(32)
  let status = 500
  const receiver = await openReceiver(() => status)
  const loopbackReceivers = { has: () => true }
  let time = Date.now()
  const open = () => openEmbedded({ folder, seed, loopbackReceivers, now: () => time })
  try {
    const first = await open()
    const ask = asker(first.baseUrl, first.apiKey)
    const session = randomUUID()
    await ask('POST', '/api/webhooks', { body: { url: receiver.url, events: ['tct.revoked'] } })
    await ask('POST', '/api/events', { body: [{ type: 'handshake.complete', session_id: session }] })
    const jti = randomUUID()
    await ask('POST', '/api/revocation/entries', { body: { jti } })
    await expect.poll(() => receiver.received.length).toBe(1)
    await first.close()

    status = 200
    time += 60_000
    const second = await open()
    const askAgain = asker(second.baseUrl, second.apiKey)
    expect(second.aid).toBe(first.aid)
    expect((await askAgain('GET', `/api/sessions/${session}`)).body.session.status).toBe('complete')
    const list = (await askAgain('GET', '/.well-known/aitp-revocation-list')).text
    const verified = aitp.verifyRevocationList(list, {
      now: Math.floor(time / 1000),
      expectedIssuer: aitp.parseAid(first.aid),
    })
    expect([...verified.revoked.keys()]).toEqual([jti])
    await expect.poll(() => receiver.received.length).toBe(2)
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
    await second.close()
  } finally {
    await receiver.close()
  }
})

test('a list that cannot be read anew is served as it was, then refused, and never empty (D-12)', async () => {
  let time = Date.now()
  const embedded = await startEmbedded({ now: () => time })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  await ask('POST', '/api/revocation/entries', { body: { jti: randomUUID() } })
  const good = await ask('GET', '/.well-known/aitp-revocation-list')
  const other = new DatabaseSync(join(embedded.folder, 'control-plane.db'))
  other.exec('ALTER TABLE revocation_entries RENAME TO elsewhere')
  time += 120_000
  expect((await ask('GET', '/.well-known/aitp-revocation-list')).text).toBe(good.text)
  time += 3_600_000
  expect(await ask('GET', '/.well-known/aitp-revocation-list')).toMatchObject({
    status: 503,
    body: { code: 'STORAGE_UNAVAILABLE' },
  })
  other.exec('ALTER TABLE elsewhere RENAME TO revocation_entries')
  other.close()
  const { body } = await ask('GET', '/.well-known/aitp-revocation-list')
  expect(body.revocation_list.entries).toHaveLength(1)
})

test('a list is signed anew after a minute, and at once after a revocation', async () => {
  let time = Date.now()
  const embedded = await startEmbedded({ now: () => time })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const publishedAt = async () =>
    (await ask('GET', '/.well-known/aitp-revocation-list')).body.revocation_list.published_at
  const first = await publishedAt()
  time += 59_000
  expect(await publishedAt()).toBe(first)
  time += 1_000
  expect(await publishedAt()).toBe(first + 60)
  time += 5_000
  await ask('POST', '/api/revocation/entries', { body: { jti: randomUUID() } })
  expect(await publishedAt()).toBe(first + 65)
})

test('its manifest is signed anew before it runs out (D-13)', async () => {
  let time = Date.now()
  const embedded = await startEmbedded({ now: () => time })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  for (const hours of [0, 11, 13, 25, 100]) {
    time += hours * 3_600_000
    const { text } = await ask('GET', '/.well-known/aitp-manifest')
    const now = Math.floor(time / 1000)
    expect(aitp.verifyManifest(text, { now, allowLoopbackHttp: true }).expiresAt).toBeGreaterThan(now)
  }
})

test('refuses by bucket beyond its limits, says until when, and takes more in the next window', async () => {
  let time = Date.now()
  const rateLimits = { windowMs: 60_000, enrollPerAddress: 1, publicPerAddress: 2, perKey: 3 }
  const embedded = await startEmbedded({ settings: { rateLimits }, now: () => time })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const statuses = async (times: number, work: () => Promise<{ status: number }>) => {
    const all: number[] = []
    for (let count = 0; count < times; count += 1) all.push((await work()).status)
    return all
  }
  const discover = () => ask('GET', '/api/registry/agents', { key: null })
  expect(await statuses(3, () => ask('POST', '/api/registry/enroll', { text: '{}' }))).toEqual([
    400, 429, 429,
  ])
  expect(await statuses(3, discover)).toEqual([200, 200, 429])
  expect(await statuses(4, () => ask('GET', '/api/tcts'))).toEqual([200, 200, 200, 429])
  expect(await statuses(9, () => ask('GET', '/api/health'))).toEqual(Array(9).fill(200))
  const refused = await discover()
  expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', bucket: 'public-ip' })
  expect(refused.headers.get('retry-after')).toBe('60')
  expect(refused.headers.get('x-ratelimit-limit')).toBe('2')
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(Number(refused.headers.get('x-ratelimit-reset'))).toBe(Math.ceil((time + 60_000) / 1000))
  const metrics = (await ask('GET', '/api/metrics')).text
  expect(metrics).toContain('aitp_control_plane_rate_limit_drops{bucket="public-ip"} 2')
  time += 60_000
  expect(await statuses(1, discover)).toEqual([200])
})

test('an agent whose manifest has run out is found by nobody', async () => {
  let time = Date.now()
  const embedded = await startEmbedded({ now: () => time })
  const cp = {
    baseUrl: embedded.baseUrl,
    apiKey: embedded.apiKey,
    ask: asker(embedded.baseUrl, embedded.apiKey),
  }
  const aid = await enrolAgent(cp)
  const found = async () =>
    (await cp.ask('GET', '/api/registry/agents')).body.agents.map((agent: Json) => agent.aid)
  expect(await found()).toEqual([aid])
  time += 3_700_000
  expect(await found()).toEqual([])
})

test('takes only so many streams', async () => {
  const embedded = await startEmbedded({ settings: { stream: { capacity: 1, heartbeatMs: 10 } } })
  const open = (signal: AbortSignal) =>
    fetch(`${embedded.baseUrl}/api/events/stream`, {
      headers: { authorization: `Bearer ${embedded.apiKey}` },
      signal,
    })
  const abort = new AbortController()
  const first = await open(abort.signal)
  const reader = first.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes(': heartbeat'))
    text += decoder.decode((await reader?.read())?.value, { stream: true })
  const second = await open(abort.signal)
  expect(second.status).toBe(503)
  expect(second.headers.get('retry-after')).toBe('30')
  expect(await second.json()).toMatchObject({ code: 'SSE_CAPACITY' })
  abort.abort()
})

test('an answer to a page of another site is refused, unless its origin is configured', async () => {
  const origin = 'https://console.example'
  const closed = await startEmbedded()
  const open = await startEmbedded({ settings: { corsOrigin: origin } })
  const ask = (baseUrl: string, method = 'GET') =>
    fetch(`${baseUrl}/api/registry/agents`, { method, headers: { origin } })
  expect((await ask(closed.baseUrl)).status).toBe(403)
  expect((await ask(closed.baseUrl)).headers.get('access-control-allow-origin')).toBeNull()
  const allowed = await ask(open.baseUrl)
  expect(allowed.status).toBe(200)
  expect(allowed.headers.get('access-control-allow-origin')).toBe(origin)
  expect((await ask(open.baseUrl, 'OPTIONS')).status).toBe(204)
  const foreign = await fetch(`${open.baseUrl}/api/registry/agents`, {
    headers: { origin: 'https://evil.example' },
  })
  expect(foreign.status).toBe(403)
})

test('a listing with manifests is cut to what one answer holds, and goes on at the next page', async () => {
  const embedded = await startEmbedded()
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const cp = { baseUrl: embedded.baseUrl, apiKey: embedded.apiKey, ask }
  const caps = Array.from({ length: 256 }, (_, index) => `demo.${String(index).padEnd(250, 'x')}`)
  const aids: string[] = []
  for (let count = 0; count < 20; count += 1) aids.push(await enrolAgent(cp, { caps }))
  const found: string[] = []
  for (let pages = 1; found.length < 20; pages += 1) {
    const answer = await ask('GET', `/api/registry/agents?include_manifest=true&offset=${found.length}`)
    expect(answer.text.length).toBeLessThan(2.1 * 1024 * 1024)
    expect(answer.body.agents.length).toBeGreaterThan(0)
    found.push(...answer.body.agents.map((agent: Json) => agent.aid))
    if (pages === 1) expect(found.length).toBeLessThan(20)
  }
  expect(found.sort()).toEqual(aids.sort())
})

test('an agent is listed for thirty days at most, whatever its manifest says', async () => {
  let time = Date.now()
  const embedded = await startEmbedded({ now: () => time })
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const cp = { baseUrl: embedded.baseUrl, apiKey: embedded.apiKey, ask }
  const aid = await enrolAgent(cp, { lifeSecs: 3_650 * 24 * 3_600 })
  const found = async () =>
    (await ask('GET', '/api/registry/agents')).body.agents.map((agent: Json) => agent.aid)
  time += 30 * day - 60_000
  expect(await found()).toEqual([aid])
  time += 120_000
  expect(await found()).toEqual([])
})

test('an enrolment token is good for five minutes', () => {
  const tokens = createEnrolmentTokens(randomBytes(32))
  const { token, claims } = tokens.issue('aid:a', 1_000)
  expect(tokens.verify(token, 'aid:a', 1_299)).toEqual(claims)
  expect(() => tokens.verify(token, 'aid:a', 1_300)).toThrow(
    expect.objectContaining({ code: 'TOKEN_INVALID' }),
  )
})

test('a list that was spoilt by a date of another time is served whole and verifies', async () => {
  const embedded = await startEmbedded()
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const database = new DatabaseSync(join(embedded.folder, 'control-plane.db'))
  const insert = database.prepare('INSERT INTO revocation_entries VALUES (?, ?, NULL, 0)')
  for (const at of [-day, Date.now() + day]) insert.run(randomUUID(), at)
  database.close()
  const { text } = await ask('GET', '/.well-known/aitp-revocation-list')
  const verified = aitp.verifyRevocationList(text, {
    now: Math.floor(Date.now() / 1000),
    expectedIssuer: aitp.parseAid(embedded.aid),
  })
  const dates = [...verified.revoked.values()].map(({ revoked_at }) => revoked_at)
  expect(dates).toEqual([0, verified.publishedAt])
})

test('a list that no verifier would take is not served', async () => {
  const embedded = await startEmbedded()
  const ask = asker(embedded.baseUrl, embedded.apiKey)
  const database = new DatabaseSync(join(embedded.folder, 'control-plane.db'))
  const insert = database.prepare('INSERT INTO revocation_entries VALUES (?, 0, ?, 0)')
  // Together longer than a verifier reads.
  for (let count = 0; count < 600; count += 1) insert.run(randomUUID(), 'x'.repeat(500))
  database.close()
  expect(await ask('GET', '/.well-known/aitp-revocation-list')).toMatchObject({
    status: 503,
    body: { code: 'STORAGE_UNAVAILABLE' },
  })
})
