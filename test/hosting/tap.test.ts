import { once } from 'node:events'
import { createServer, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { startTap } from '../../src/main/hosting/tap.ts'
import { ExchangeCapture } from '../../src/shared/exchange.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A worker that remembers what it was asked, and a tap in front of it. */
async function tapped(
  answer: (response: ServerResponse) => void = (response) => response.end('{"done":true}'),
) {
  const seen: Seen[] = []
  const worker = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers, body: await text(request) })
    answer(response)
  })
  worker.listen(0, '127.0.0.1')
  await once(worker, 'listening')
  const workerPort = (worker.address() as AddressInfo).port
  const captures: ExchangeCapture[] = []
  const tap = await startTap({
    aitp: createAitp(nodeEngine),
    port: 0,
    publicHosts: ['agent.example'],
    record: (capture) => captures.push(ExchangeCapture.parse(capture)),
  })
  tap.aimAt(workerPort)
  onTestFinished(async () => {
    await tap.close()
    worker.closeAllConnections()
    worker.close()
  })
  return { tap, seen, captures, workerPort }
}

/** As a peer sends it; unlike `fetch`, with any header and any path. */
async function send(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  const request = openRequest({
    host: '127.0.0.1',
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers,
    agent: false,
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, text: await text(response), headers: response.headers }
}

const span = 'b'.repeat(16)
const traceparent = `00-${'a'.repeat(32)}-${span}-01`

describe('a tap', () => {
  it('passes a request on and records both sides of it, secrets replaced', async () => {
    const { tap, seen, captures, workerPort } = await tapped((response) =>
      response.writeHead(200, { 'x-aitp-session-id': 's-1', 'set-cookie': 'a=b' }).end('{"answer":1}'),
    )
    const headers = { traceparent, baggage: `aitp.operation=${'c'.repeat(16)}`, authorization: 'Bearer x' }
    const { status, text } = await send(tap.port, '/aitp/handshake/hello?q=1', headers, '{"ask":1}')
    expect([status, text]).toEqual([200, '{"answer":1}'])
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/aitp/handshake/hello?q=1',
        body: '{"ask":1}',
        headers: { host: `127.0.0.1:${workerPort}`, authorization: 'Bearer x' },
      },
    ])
    expect(captures).toMatchObject([
      {
        exchange_id: span,
        trace_id: 'a'.repeat(32),
        operation: 'c'.repeat(16),
        side: 'server',
        kind: 'hello',
        session_id: 's-1',
        error: null,
        request: {
          url: `http://127.0.0.1:${tap.port}/aitp/handshake/hello?q=1`,
          body: { text: '{"ask":1}', bytes: 9, truncated: false },
        },
        response: { status: 200, body: { text: '{"answer":1}' } },
        report: { subject: 'mutual_hello', verdict: 'accepted', checks: [{ status: 'skipped' }] },
      },
    ])
    expect(captures[0]?.request.headers).toContainEqual(['authorization', '(secret)'])
    expect(captures[0]?.response?.headers).toContainEqual(['set-cookie', '(secret)'])
  })

  it('says refused of what the worker refused, with its code, and that no check is known', async () => {
    const { tap, captures } = await tapped((response) =>
      response.writeHead(403).end('{"error":{"code":"TCT_EXPIRED"}}'),
    )
    await send(tap.port, '/capabilities/write.content', {}, '{}')
    expect(captures[0]?.report).toMatchObject({
      subject: 'tct',
      verdict: 'refused',
      code: 'TCT_EXPIRED',
      checks: [{ status: 'skipped', actual: 'this worker reports no checks' }],
    })
  })

  it.each([
    ['a web page', '/x', { origin: 'http://evil.example' }, 403],
    ['a name that is not the worker’s', '/x', { host: 'evil.example' }, 403],
    ['the routes of the host', '/admin/peers', {}, 404],
    ['the routes of the host, written otherwise', '//Admin/peers', {}, 404],
    ['the routes of the host, escaped', '/%61dmin/peers', {}, 404],
    ['a whole address in the place of a path', 'http://127.0.0.1/admin/peers', {}, 400],
    ['a path that cannot be decoded', '/%61dmin/%zz', {}, 404],
  ])('keeps out %s, and records nothing', async (_what, path, headers, status) => {
    const { tap, seen, captures } = await tapped()
    expect((await send(tap.port, path, headers, '{}')).status).toBe(status)
    expect([seen, captures]).toEqual([[], []])
  })

  it('lets in who knows the public name of the worker', async () => {
    const { tap, seen } = await tapped()
    expect((await send(tap.port, '/x', { host: 'agent.example' })).status).toBe(200)
    expect(seen).toHaveLength(1)
  })

  it('gives no answer where the worker gives none, and records that', async () => {
    const { tap, captures } = await tapped((response) => response.destroy())
    await expect(send(tap.port, '/capabilities/a', {}, '{}')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(captures).toMatchObject([{ response: null, report: null, error: { code: 'no_answer' } }])
  })

  it('answers 502 for a worker that leaves HTTP, and records that', async () => {
    const { tap, captures } = await tapped((response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    })
    expect((await send(tap.port, '/capabilities/a', {}, '{}')).status).toBe(502)
    expect(captures).toMatchObject([{ response: { status: 502 }, report: { code: 'no_answer' } }])
  })

  it('bounds what it reads, in both directions', async () => {
    const { tap, seen, captures } = await tapped((response) => response.end('y'.repeat(1024 * 1024 + 1)))
    expect((await send(tap.port, '/capabilities/a', {}, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect(seen).toEqual([])
    expect(captures).toMatchObject([{ response: { status: 413 } }])
    await expect(send(tap.port, '/capabilities/a', {}, '{}')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(captures[1]).toMatchObject({
      response: null,
      error: { message: expect.stringContaining('more than') },
    })
  })

  it('gives a span id that comes again an id of its own', async () => {
    const { tap, captures } = await tapped()
    await send(tap.port, '/x', { traceparent })
    await send(tap.port, '/x', { traceparent })
    expect(new Set(captures.map(({ exchange_id }) => exchange_id)).size).toBe(2)
  })

  it('answers nobody before the worker listens', async () => {
    const tap = await startTap({
      aitp: createAitp(nodeEngine),
      port: 0,
      publicHosts: [],
      record: () => undefined,
    })
    onTestFinished(() => tap.close())
    expect((await send(tap.port, '/.well-known/aitp-manifest')).status).toBe(404)
  })
})
