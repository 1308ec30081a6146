import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataFolder } from '../../src/main/data-folder.ts'
import { listenOnLoopback } from '../../src/main/listen.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { type CollectedSpan, startCollector } from '../support/collector.ts'
import { temporaryFolder } from '../support/folders.ts'
import { startHost } from '../support/host.ts'
import { researchAndWrite } from '../support/repository.ts'
import { eventsOf, runToEnd } from '../support/run-scenario.ts'

const trustGate = 'intra-org/trust-gate@1.0.0'

async function hostExporting(endpoint: string, more: Record<string, string> = {}) {
  const dataFolder = openDataFolder(temporaryFolder())
  const environment = { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...more }
  const host = await startHost({ dataFolder, environment })
  const warnings = () =>
    readFileSync(join(dataFolder.logs, 'host.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => /trace was lost/.test(msg))
  return { host, client: createLocalClient(host.handlers), warnings }
}

/** The ids from a span up to the root. */
function pathOf(span: CollectedSpan, byId: ReadonlyMap<string, CollectedSpan>): CollectedSpan[] {
  const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId)
  return parent === undefined ? [span] : [span, ...pathOf(parent, byId)]
}

function attribute(span: CollectedSpan, key: string): unknown {
  const value = span.attributes.find((one) => one.key === key)?.value
  return value === undefined ? undefined : Object.values(value)[0]
}

describe('the trace of a run', () => {
  it('is one tree over all agents, and carries no token, secret or body', async () => {
    const collector = await startCollector()
    const { host, client, warnings } = await hostExporting(collector.endpoint)
    const topic = 'canary-topic-3141592653'
    const record = await runToEnd(client, { scenario_ref: researchAndWrite, inputs: { topic } })
    const { exchanges } = await client.call('listExchanges', { run_id: record.run_id })
    const details = await Promise.all(
      exchanges.map(({ exchange_id }) => client.call('getExchange', { run_id: record.run_id, exchange_id })),
    )
    await expect.poll(() => collector.bodies).toHaveLength(1)
    expect(warnings()).toEqual([])

    const spans = collector.spans()
    const byId = new Map(spans.map((span) => [span.spanId, span]))
    expect(byId.size).toBe(spans.length)
    const [started] = eventsOf(record, 'run.started')
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([started?.trace_id]))
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined)
    expect(roots).toMatchObject([{ service: 'aitp-console', name: `run ${researchAndWrite}` }])
    expect(spans.filter((span) => pathOf(span, byId).at(-1) !== roots[0])).toEqual([])
    expect(new Set(spans.map(({ service }) => service))).toEqual(
      new Set(['aitp-console', ...record.agents.map(({ agent_id }) => agent_id)]),
    )
    for (const { agent_id, pid } of record.agents) {
      expect(pid).not.toBeNull()
      const life = spans.find(({ name }) => name === `agent ${agent_id}`)
      expect(life).toMatchObject({ service: agent_id, parentSpanId: roots[0]?.spanId })
      expect(life?.events.map(({ name }) => name)).toEqual(['agent.ready', 'agent.exited'])
    }
    for (const { startTimeUnixNano, endTimeUnixNano } of spans)
      expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true)

    // Both sides of every exchange, the server's below the client's, under the id that crossed the wire.
    expect(exchanges.length).toBeGreaterThan(5)
    for (const { exchange_id, from, to } of exchanges) {
      expect(byId.get(exchange_id)).toMatchObject({ service: from, kind: 3 })
      const below = spans.filter(({ parentSpanId }) => parentSpanId === exchange_id)
      expect(below.filter(({ kind }) => kind === 2)).toMatchObject([{ service: to }])
    }
    const call = spans.find(
      (span) => String(attribute(span, 'url.path')).startsWith('/capabilities/') && span.kind === 2,
    )
    expect(call?.events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['gate.trust', 'gate.execute']),
    )
    expect(pathOf(call as CollectedSpan, byId).map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^step /),
    )

    const tokens = details.flatMap(({ client: own }) =>
      [...(own?.request_tokens ?? []), ...(own?.response_tokens ?? [])].map(({ token }) => token),
    )
    expect(tokens.length).toBeGreaterThan(4)
    const sent = collector.bodies.join('')
    for (const token of tokens) expect(sent).not.toContain(token.split('.')[2])
    for (const secret of ['eyJ', topic, host.bearer]) expect(sent).not.toContain(secret)
  })

  it('shows a refusal as an error, with its code and check', async () => {
    const collector = await startCollector()
    const { client } = await hostExporting(collector.endpoint)
    await runToEnd(client, { scenario_ref: trustGate })
    await expect.poll(() => collector.bodies).toHaveLength(1)
    const refused = collector.spans().filter(({ status }) => status.code === 2)
    expect(refused).toContainEqual(
      expect.objectContaining({ kind: 2, status: { code: 2, message: expect.stringMatching(/^TCT_/) } }),
    )
    const stage = refused.flatMap(({ events }) => events).find(({ name }) => name === 'gate.trust')
    expect(stage?.attributes).toContainEqual({ key: 'aitp.gate.decision', value: { stringValue: 'refused' } })
  })
})

describe('a collector', () => {
  it('that never answers holds up no run, and loses traces with one warning', async () => {
    const collector = await startCollector(() => undefined)
    const { client, warnings } = await hostExporting(collector.endpoint)
    for (let run = 0; run < 3; run += 1)
      expect((await runToEnd(client, { scenario_ref: trustGate })).status).toBe('success')
    await expect.poll(() => collector.bodies, { timeout: 20_000 }).toHaveLength(3)
    expect(warnings()).toHaveLength(1)
    expect(warnings()[0]).toMatchObject({
      level: 40,
      run_id: expect.any(String),
      trace_id: expect.any(String),
    })
  })

  it('that is away loses traces with one warning', async () => {
    const server = createServer()
    const port = await listenOnLoopback(server, 0, 'exactly')
    await new Promise((resolve) => server.close(resolve))
    const { client, warnings } = await hostExporting(`http://127.0.0.1:${port}`)
    expect((await runToEnd(client, { scenario_ref: trustGate })).status).toBe('success')
    await expect.poll(warnings, { timeout: 20_000 }).toHaveLength(1)
  })
})
