import { describe, expect, it } from 'vitest'
import {
  type LoneWorker,
  startLoneWorker,
  startTelemetrySink,
  type TelemetrySink,
} from '../support/worker.ts'

const exchanges = (sink: TelemetrySink) =>
  sink.items.flatMap((item) => (item.item === 'exchange' ? [item.exchange] : []))

function post(worker: LoneWorker, path: string, body: string, headers: Record<string, string> = {}) {
  return fetch(`http://127.0.0.1:${worker.worker.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

describe('a hostile request to an agent', () => {
  it.each([
    [
      'a key as long as a body, over thousands of tokens',
      JSON.stringify({ ['k'.repeat(20_000)]: Array(4_000).fill('e30.e30.x') }),
    ],
    ['nesting without end', '['.repeat(20_000)],
    ['nesting without end, closed', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['keys nested without end', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`],
  ])('is refused and stays on record: %s', async (_, body) => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('writer', sink)
    for (const path of ['/capabilities/write.content', '/aitp/handshake/hello', '/aitp/handshake/commit']) {
      const response = await post(alice, path, body)
      expect([400, 403, 413, 429]).toContain(response.status)
    }
    expect(exchanges(sink).map(({ kind }) => kind)).toEqual(['capability', 'hello', 'commit'])
    expect(JSON.stringify(sink.items).length).toBeLessThan(2_000_000)
    expect((await fetch(alice.manifestUrl)).status).toBe(200)
  })

  it('stays on record when it is too large to be read', async () => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('writer', sink)
    const response = await post(alice, '/aitp/handshake/hello', `"${'x'.repeat(70_000)}"`)
    expect(response.status).toBe(413)
    expect(exchanges(sink)).toMatchObject([{ kind: 'hello', response: { status: 413 } }])
  })

  it('cannot hide behind the span id of another', async () => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('writer', sink)
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01'
    for (const body of ['"innocent"', '"attack"']) await post(alice, '/capabilities/x', body, { traceparent })
    const ids = exchanges(sink).map(({ exchange_id }) => exchange_id)
    expect(ids[0]).toBe('0123456789abcdef')
    expect(new Set(ids).size).toBe(2)
  })

  it('may not come from a web page, under whichever name', async () => {
    const sink = await startTelemetrySink()
    const alice = await startLoneWorker('writer', sink)
    const response = await post(alice, '/capabilities/x', '{}', { origin: 'https://attacker.example' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden_origin' } })
    expect(sink.items).toEqual([])
  })
})

describe('what an agent reports', () => {
  it('holds none of its secrets', async () => {
    const sink = await startTelemetrySink()
    const [alice, bob] = await Promise.all([
      startLoneWorker('researcher', sink),
      startLoneWorker('writer', sink),
    ])
    const entry = (agent_id: string, { worker, manifestUrl }: LoneWorker) => ({
      agent_id,
      aid: worker.aid,
      manifest_url: manifestUrl,
      did: null,
    })
    await alice.admin('PUT', '/admin/peers', { peers: [entry('writer', bob)] })
    await bob.admin('PUT', '/admin/peers', { peers: [entry('researcher', alice)] })
    await alice.admin('POST', '/admin/initiate-handshake', { peer_manifest_url: bob.manifestUrl })
    await alice.admin('POST', '/admin/invoke', {
      peer_aid: bob.worker.aid,
      capability: 'write.content',
      payload: 'x',
    })
    const reported = JSON.stringify(sink.items)
    expect(exchanges(sink).length).toBeGreaterThan(6)
    for (const { bootstrap } of [alice, bob]) {
      const seed = bootstrap.aitp.seed_hex
      const forms = [
        seed,
        Buffer.from(seed, 'hex').toString('base64url'),
        ...Object.values(bootstrap.secrets),
      ]
      for (const secret of forms) expect(reported).not.toContain(secret)
    }
  })
})
