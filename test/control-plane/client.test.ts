import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createControlPlane } from '../../src/main/control-plane/client.ts'
import { chosenFor, controlPlaneConfig, type EmbeddedAddress } from '../../src/main/control-plane/config.ts'
import { createControlPlanes } from '../../src/main/control-plane/control-planes.ts'
import { recordsOf, webhooksOf } from '../../src/main/control-plane/screens.ts'
import { startControlPlane } from '../support/control-plane.ts'

function clientOf(baseUrl: string, apiKey: string | null = null) {
  const controlPlane = createControlPlane(
    { choice: 'embedded', baseUrl, apiKey, aid: null, timeoutMs: 300 },
    pino({ level: 'silent' }),
  )
  onTestFinished(() => controlPlane.close())
  return controlPlane
}

const json = (body: unknown, status = 200) => ({ status, body: JSON.stringify(body) })

describe('the client of a Control Plane', () => {
  it('reads both spellings, wrapped and bare, and hides nothing behind an entry it does not understand (B-53)', async () => {
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    const camel = { aid: 'aid:1', handshakeEndpoint: 'http://127.0.0.1:1/aitp' }
    const snake = { aid: 'aid:2', handshake_endpoint: 'http://127.0.0.1:2/aitp' }
    const records = [
      camel,
      { aid: 'aid:2', handshakeEndpoint: snake.handshake_endpoint },
      { aid: 'aid:3', handshakeEndpoint: null },
    ]
    for (const body of [{ agents: [camel, 7, snake, { aid: 'aid:3' }] }, [camel, snake, { aid: 'aid:3' }]]) {
      standIn.answerWith('/api/registry/agents?capability=a+b', json(body))
      expect(await client.discoverByCapability('a b')).toEqual(records)
    }
    standIn.answerWith('/api/registry/agents?capability=a+b', json({ agents: 'none' }))
    expect(await client.discoverByCapability('a b')).toEqual([])
  })

  it('gives neutral answers to refusals and to what is no JSON', async () => {
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    for (const answer of [json({ error: 'no' }, 500), { status: 200, body: '<html>' }]) {
      standIn.answerWith('/api/webhooks', answer)
      standIn.answerWith('/api/delegations?delegator=x', answer)
      expect(await client.createWebhook('http://127.0.0.1:1/', [])).toBeNull()
      expect(await client.delegations({ delegator: 'x' })).toEqual([])
    }
    expect(await client.deleteWebhook('gone')).toBe(true)
    standIn.answerWith('/api/webhooks/w', json({}, 500))
    expect(await client.deleteWebhook('w')).toBe(false)
  })

  it('gives the trust anchor that is there when it cannot be made again', async () => {
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    const anchor = { issuerUrl: 'https://idp.example/', namespace: 'n', label: 'l' }
    standIn.answerWith('/api/trust-anchors', { status: 500, body: '' })
    standIn.answerWith('/api/trust-anchors?namespace=n', json({ trustAnchors: [{ ...anchor, id: '7' }] }))
    expect(await client.ensureTrustAnchor(anchor)).toMatchObject({ id: '7' })
  })

  it('does not carry its key along a redirect', async () => {
    const target = await startControlPlane()
    const server = createServer((_request, response) => {
      response.writeHead(307, { location: `${target.baseUrl}/api/revocation/entries` }).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'the-key')
    expect(await client.publishRevocation('7d1f2d6e-7f5d-4b44-9a49-0f2f1f6a9d11', 'r')).toBe(false)
    expect(target.requests).toEqual([])
  })
})

describe('a Control Plane that answers more than anybody should read', () => {
  it('is refused that answer, and asked again', async () => {
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    const largest = 4 * 1024 * 1024
    const rows = (bytes: number) => ({ status: 200, body: '[]'.padEnd(bytes) })
    standIn.answerWith('/api/audit', rows(largest))
    expect(await client.read('/api/audit')).toEqual([])
    standIn.answerWith('/api/audit', rows(largest + 1))
    expect(await client.read('/api/audit')).toBeNull()
    expect(client.isAway()).toBe(false)
    standIn.answerWith('/api/audit', rows(2))
    expect(await client.read('/api/audit')).toEqual([])
  })

  it('has as much of a list looked into as was asked for', async () => {
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    const record = { own: 'member' }
    const many = json({ sessions: Array(1_500).fill(record), agents: Array(1_500).fill(record) })
    standIn.answerWith('/api/sessions?run_id=r&limit=7', many)
    expect(await client.projections.sessions({ run_id: 'r', limit: 7 })).toHaveLength(7)
    standIn.answerWith('/api/dashboard/agents', many)
    expect(await client.projections.agents()).toHaveLength(1_000)
    standIn.answerWith('/api/audit', json(Array(1_500).fill(record)))
    expect((await recordsOf(client, '/api/audit', 'entries')).records).toHaveLength(1_000)
  })

  it('is asked about its webhooks four at a time', async () => {
    let open = 0
    let most = 0
    const server = createServer(async (request, response) => {
      most = Math.max(most, ++open)
      // Long enough for every request that is not held back to be here.
      await delay(20)
      open -= 1
      const body = request.url === '/api/webhooks' ? Array.from({ length: 20 }, (_, id) => ({ id })) : []
      response.end(JSON.stringify(body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const { records } = await webhooksOf(client)
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, id) => id))
    expect(most).toBe(4)
  })
})

describe('a Control Plane that is away', () => {
  afterEach(() => void vi.useRealTimers())

  it('is asked once, and again only after a probe in the background was answered', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const standIn = await startControlPlane()
    const client = clientOf(standIn.baseUrl)
    standIn.answerWith('/api/delegations?delegator=x', 'hang')
    expect(await client.delegations({ delegator: 'x' })).toEqual([])
    expect(await client.delegations({ delegator: 'y' })).toEqual([])
    expect(await client.createWebhook('http://127.0.0.1:1/', [])).toBeNull()
    expect(standIn.requests.map(({ path }) => path)).toEqual(['/api/delegations?delegator=x'])

    standIn.answerWith('/api/delegations?delegator=y', json({ delegations: [] }))
    vi.advanceTimersByTime(5_000)
    await expect.poll(() => standIn.requests.at(-1)?.path).toBe('/api/health')
    await expect
      .poll(async () => {
        await client.delegations({ delegator: 'y' })
        return standIn.requests.at(-1)?.path
      })
      .toBe('/api/delegations?delegator=y')
  })
})

describe('the Control Plane of a stored run', () => {
  const choose = (embedded: EmbeddedAddress) =>
    createControlPlanes({ CP_API_KEY: 'key' }, () => embedded, pino({ level: 'silent' }))
  const own = { baseUrl: 'http://127.0.0.1:4000', apiKey: 'own', aid: 'aid:own' }

  it('is the one it was run with, and none of a file that was handed in', () => {
    const cp = 'http://127.0.0.1:4001'
    expect(choose(own).ofRun({ cp, imported: false })?.config.baseUrl).toBe(cp)
    expect(choose(own).ofRun({ cp, imported: true })).toBeNull()
    expect(choose(own).ofRun({ cp: 'embedded', imported: true })).toBeNull()
  })

  it('is none where there is no such one any more', () => {
    expect(choose(own).ofRun({ cp: 'embedded', imported: false })?.config).toMatchObject(own)
    expect(choose(null).ofRun({ cp: 'embedded', imported: false })).toBeNull()
    expect(choose(own).ofRun({ cp: 'off', imported: false })).toBeNull()
  })
})

describe('controlPlaneConfig', () => {
  const environment = { CP_BASE_URL: 'https://cp.example/', CP_API_KEY: 'key', CP_AID: 'aid:cp' }

  it('is none without an address and with "off"', () => {
    expect(controlPlaneConfig({}, undefined, null)).toBeNull()
    expect(controlPlaneConfig(environment, 'off', null)).toBeNull()
  })

  it('takes the configured address unless another was chosen, and gives the key to no other (B-32)', () => {
    expect(controlPlaneConfig(environment, undefined, null)).toEqual({
      choice: 'https://cp.example',
      baseUrl: 'https://cp.example',
      apiKey: 'key',
      aid: 'aid:cp',
      timeoutMs: 5_000,
    })
    expect(controlPlaneConfig(environment, 'http://127.0.0.1:4000', null)).toMatchObject({
      apiKey: null,
      aid: null,
    })
    expect(controlPlaneConfig({ CP_API_KEY: 'key' }, 'http://127.0.0.1:4000', null)).toMatchObject({
      apiKey: 'key',
    })
    expect(
      controlPlaneConfig({ ...environment, CP_BASE_URL: '' }, 'http://127.0.0.1:4000', null),
    ).toMatchObject({ apiKey: null, aid: null })
  })

  it.each([
    ['https://cp.example/api', 'key'],
    ['http://127.0.0.1:4000', undefined],
    ['embedded', undefined],
    ['off', undefined],
  ])('started with %s gives its console no key of another one', (choice, key) => {
    expect(chosenFor(environment, choice)['CP_API_KEY']).toBe(key)
    expect(chosenFor({ CP_API_KEY: 'key' }, choice)['CP_API_KEY']).toBe('key')
  })

  it('takes an address that ends in /api for the one before it (D-21)', () => {
    expect(controlPlaneConfig({}, 'http://127.0.0.1:4000/api/', null)?.baseUrl).toBe('http://127.0.0.1:4000')
  })

  it('is the one inside the console where nothing else is said, and none where an empty address is', () => {
    const embedded = { baseUrl: 'http://127.0.0.1:4000', apiKey: 'own', aid: 'aid:own' }
    expect(controlPlaneConfig({}, undefined, embedded)).toMatchObject({ choice: 'embedded', ...embedded })
    expect(controlPlaneConfig({ CP_BASE_URL: '' }, undefined, embedded)).toBeNull()
    expect(controlPlaneConfig({ CP_BASE_URL: 'http://cp.example' }, undefined, embedded)).toMatchObject({
      choice: 'http://cp.example',
      apiKey: null,
    })
    expect(controlPlaneConfig({ CP_BASE_URL: '' }, 'embedded', embedded)).toMatchObject(embedded)
    expect(() => controlPlaneConfig({}, 'embedded', null)).toThrow('no Control Plane of its own')
  })

  it('refuses an address with a password in it', () => {
    expect(() => controlPlaneConfig({}, 'http://u:p@cp.example', null)).toThrow(
      expect.objectContaining({ code: 'invalid_body' }),
    )
  })
})
