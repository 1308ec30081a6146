import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import {
  eventsOf,
  exchangesOf,
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

const aitp = createAitp(nodeEngine)
const hello = '/aitp/handshake/hello'

function post(worker: LoneWorker, path: string, body: BodyInit, headers: Record<string, string> = {}) {
  return fetch(`http://127.0.0.1:${worker.worker.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

/** Sends bytes as they are and gives everything that comes back until the other side ends it. */
async function raw(worker: LoneWorker, bytes: string): Promise<string> {
  const socket = connect(worker.worker.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(bytes)
  return text(socket)
}

describe('a request to an agent', () => {
  it('may take five seconds to arrive and no longer', async () => {
    const sink = await startTelemetrySink()
    const bob = await startLoneWorker('writer', sink)
    const startedAt = performance.now()
    const head = `POST ${hello} HTTP/1.1\r\nhost: 127.0.0.1:${bob.worker.port}\r\ncontent-length: 100\r\n\r\n{`
    await raw(bob, head)
    expect(performance.now() - startedAt).toBeGreaterThan(4_000)
    expect((await fetch(bob.manifestUrl)).status).toBe(200)
  }, 15_000)

  it('has no more than 16 KiB of headers', async () => {
    const bob = await startLoneWorker('writer', await startTelemetrySink())
    const head = `GET / HTTP/1.1\r\nhost: 127.0.0.1:${bob.worker.port}\r\n`
    expect(await raw(bob, `${head}x: ${'y'.repeat(17_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /)
    expect(await raw(bob, `${head}x: ${'y'.repeat(15_000)}\r\nconnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 404 /,
    )
  })

  it.each([
    hello,
    '/aitp/handshake/renew',
    '/aitp/delegation/redeem',
    '/capabilities/x',
    '/admin/revoke-tct',
  ])('is not unpacked: %s', async (path) => {
    const bob = await startLoneWorker('writer', await startTelemetrySink())
    const headers = {
      'content-encoding': 'gzip',
      authorization: `Bearer ${bob.bootstrap.secrets.admin}`,
    }
    expect((await post(bob, path, gzipSync('{}'), headers)).status).toBe(415)
  })

  it.each([
    [hello, 64],
    ['/aitp/handshake/commit', 64],
    ['/aitp/handshake/renew', 64],
    ['/aitp/delegation/redeem', 80],
    ['/capabilities/x', 256],
  ])('has a body of its route’s size: %s, %d KiB', async (path, kibibytes) => {
    const bob = await startLoneWorker('writer', await startTelemetrySink())
    const statusOf = async (size: number) => (await post(bob, path, 'x'.repeat(size))).status
    expect(await statusOf(kibibytes * 1024)).not.toBe(413)
    expect(await statusOf(kibibytes * 1024 + 1)).toBe(413)
  })

  it('may be nested 32 deep', async () => {
    const sink = await startTelemetrySink()
    const bob = await startLoneWorker('writer', sink)
    for (const depth of [32, 33])
      await post(bob, '/capabilities/write.content', `${'['.repeat(depth)}"]]"${']'.repeat(depth)}`)
    const limits = eventsOf(sink, 'gate.decided').map(({ stages }) => stages[1]?.decision)
    expect(limits).toEqual(['passed', 'refused'])
  })

  it('comes at most 120 times a minute from one address, and is told when to come again', async () => {
    const sink = await startTelemetrySink()
    const bob = await startLoneWorker('writer', sink)
    for (let sent = 0; sent < 120; sent += 1) expect((await post(bob, hello, '{}')).status).toBe(400)
    const response = await post(bob, hello, '{}')
    expect(response.status).toBe(429)
    expect(await response.text()).toBe('')
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(exchangesOf(sink, 'hello').at(-1)).toMatchObject({ response: { status: 429 } })
    // Others than the routes of the protocol have limits of their own.
    expect((await fetch(bob.manifestUrl)).status).toBe(200)
  })
})

/** A hello of an agent that is nothing but a key, sent from an address of this machine. */
async function sendHello(bob: LoneWorker, seed: Uint8Array, localAddress: string) {
  const key = aitp.agentKey(seed)
  const now = Math.floor(Date.now() / 1000)
  const randomness = (length: number) => randomBytes(length)
  const own = aitp.buildManifest(
    key,
    {
      displayName: 'dora',
      subject: 'dora',
      handshakeEndpoint: 'http://127.0.0.1:1/aitp/handshake/',
      offeredCapabilities: ['dora.idle'],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 600,
      allowLoopbackHttp: true,
    },
    { randomBytes: randomness },
  )
  const text = await (await fetch(bob.manifestUrl)).text()
  const peer = aitp.verifyManifest(text, { now, allowLoopbackHttp: true })
  const { message } = aitp.startHandshake(
    {
      key,
      manifest: own.verified,
      pins: null,
      tctTtlSecs: 300,
      issueVoucher: false,
      allowLoopbackHttp: true,
      replay: aitp.createReplayStore({ capacity: 10 }),
    },
    peer,
    ['write.content'],
    { now, randomBytes: randomness },
  )
  const headers = { 'content-type': 'application/json' }
  const outgoing = request({
    host: '127.0.0.1',
    port: bob.worker.port,
    localAddress,
    method: 'POST',
    path: hello,
    headers,
  })
  outgoing.end(message)
  const [response]: IncomingMessage[] = await once(outgoing, 'response')
  response?.resume()
  return { status: response?.statusCode, retryAfter: response?.headers['retry-after'] }
}

describe('an agent that asks from several addresses', () => {
  // Only there has every machine more than one address that leads to itself.
  it.runIf(process.platform === 'linux')('is one, once its signature says so', async () => {
    const bob = await startLoneWorker('writer', await startTelemetrySink())
    const seed = randomBytes(32)
    const { aid } = aitp.agentKey(seed)
    const peer = { agent_id: 'dora', aid, manifest_url: 'http://127.0.0.1:1/m', did: null }
    await bob.admin('PUT', '/admin/peers', { peers: [peer] })
    for (let sent = 0; sent < 120; sent += 1) {
      const answer = await sendHello(bob, seed, sent % 2 === 0 ? '127.0.0.1' : '127.0.0.2')
      expect(answer.status).toBe(200)
    }
    expect(await sendHello(bob, seed, '127.0.0.2')).toEqual({
      status: 429,
      retryAfter: expect.stringMatching(/^[1-6]?\d$/),
    })
  })
})

/** Answers every request as `answer` says, at an address of its own. */
async function startServer(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/m`
}

describe('an answer to an agent', () => {
  const handshake = (alice: LoneWorker, peer_manifest_url: string) =>
    alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url })

  it('is not followed elsewhere', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
    ])
    const url = await startServer((_, response) =>
      response.writeHead(302, { location: bob.manifestUrl }).end(),
    )
    await expect(handshake(alice, url)).rejects.toMatchObject({
      code: 'MANIFEST_NOT_FOUND',
      message: `${url} answered 302`,
    })
    expect(exchangesOf(sink, 'manifest')).toHaveLength(1)
  })

  it('is read up to 256 KiB, whatever it says of its length', async () => {
    const alice = await startLoneWorker('researcher', await startTelemetrySink())
    const url = await startServer((_, response) => {
      const pour = () => {
        while (response.write('x'.repeat(16_384)));
      }
      response.on('drain', pour)
      pour()
    })
    await expect(handshake(alice, url)).rejects.toMatchObject({
      message: `${url} answered with more than 262144 bytes`,
    })
  })

  it('is not unpacked', async () => {
    const alice = await startLoneWorker('researcher', await startTelemetrySink())
    const url = await startServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}')),
    )
    await expect(handshake(alice, url)).rejects.toMatchObject({
      message: `${url} answered in the encoding gzip`,
    })
  })

  it('may take ten seconds in all, however busily it comes', async () => {
    const alice = await startLoneWorker('researcher', await startTelemetrySink())
    const url = await startServer((_, response) => {
      const drip = setInterval(() => response.write(' '), 500)
      response.on('close', () => clearInterval(drip))
    })
    await expect(handshake(alice, url)).rejects.toMatchObject({
      message: `${url} did not answer within 10000 ms`,
    })
  }, 20_000)
})

describe('an agent that is led astray', () => {
  it.each([
    ['another scheme', 'ftp://127.0.0.1/m'],
    ['http beyond this machine', 'http://93.184.216.34/m'],
    ['a private address', 'https://10.0.0.1/m'],
    ['link-local metadata', 'https://169.254.169.254/m'],
    ['an odd spelling of one', 'https://0xa9.254.43518/m'],
    ['an address mapped into IPv6', 'https://[::ffff:10.0.0.1]/m'],
    ['credentials', 'https://user:secret@example.org/m'],
    ['nowhere', 'https://0.0.0.0/m'],
  ])('asks nobody: %s', async (_, url) => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('researcher', sink)
    await expect(
      alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: url }),
    ).rejects.toMatchObject({ code: 'forbidden_target' })
    expect(exchangesOf(sink, 'manifest')).toMatchObject([
      { response: null, error: { code: 'forbidden_target' } },
    ])
  })
})
