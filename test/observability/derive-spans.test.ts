import { describe, expect, it } from 'vitest'
import { deriveSpans } from '../../src/main/observability/traces/derive-spans.ts'
import { type Span, spanId } from '../../src/main/observability/traces/span.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import type { ExchangeDetail, StoredCapture } from '../../src/shared/exchange.ts'
import type { RunRecord } from '../../src/shared/run.ts'

const token = 'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhaWQ6cHVia2V5In0.c2lnbmF0dXJl'
const stamp = { ts: 1_000, offset_ms: 0, run_id: 'r', source: 'runner', cause_seq: [] }
const run = {
  run_id: 'r',
  status: 'success',
  scenario_ref: 'p/s@1.0.0',
  template: null,
  error_code: null,
  created_at: 1_000,
  events: [
    { ...stamp, seq: 1, type: 'run.started', scenario_ref: 'p/s@1.0.0', template: null },
    { ...stamp, seq: 2, type: 'run.complete', ts: 1_010 },
  ] as RunEvent[],
} as RunRecord

function capture(changes: Partial<StoredCapture>): StoredCapture {
  const body = { text: '', bytes: 0, truncated: false }
  return {
    agent_id: 'a',
    exchange_id: '00000000000000e1',
    trace_id: '0'.repeat(32),
    side: 'client',
    kind: 'other',
    operation: null,
    session_id: null,
    peer_agent_id: null,
    peer_aid: null,
    started_at: 1_001,
    duration_ms: 5,
    request: { method: 'GET', url: 'http://127.0.0.1:1/', headers: [], body },
    response: null,
    error: null,
    report: null,
    request_tokens: [],
    response_tokens: [],
    ...changes,
  }
}

function exchange(id: string, client: Partial<StoredCapture> | null, server: Partial<StoredCapture> | null) {
  return {
    exchange_id: id,
    client: client && capture({ ...client, exchange_id: id }),
    server: server && capture({ agent_id: 'b', ...server, exchange_id: id, side: 'server' }),
  } as ExchangeDetail
}

/** Throws unless the spans are one tree with ids of their own; gives the parent of each. */
function treeOf(spans: readonly Span[]): Map<string, string | null> {
  const parents = new Map(spans.map(({ id, parentId }) => [id, parentId]))
  expect(parents.size).toBe(spans.length)
  for (const { id } of spans) {
    let at: string | null | undefined = id
    for (let step = 0; at !== spanId('r') && step <= spans.length; step += 1) at = parents.get(at ?? '')
    expect({ id, at }).toEqual({ id, at: spanId('r') })
  }
  return parents
}

const [e1, e2, e3] = ['00000000000000e1', '00000000000000e2', '00000000000000e3'] as const

describe('the spans of a run', () => {
  it('hang below the exchange in whose answering they were sent', () => {
    const spans = deriveSpans(run, [
      exchange(e1, {}, {}),
      exchange(e2, { agent_id: 'b', parent_id: e1 }, null),
    ])
    const parents = treeOf(spans)
    const server = spans.find(({ kind, service }) => kind === 'server' && service === 'b')
    expect(parents.get(e2)).toBe(server?.id)
    expect(server?.parentId).toBe(e1)
  })

  it('believe no agent that it answered what another answered', () => {
    const spans = deriveSpans(run, [
      exchange(e1, {}, {}),
      exchange(e2, { agent_id: 'c', parent_id: e1 }, null),
    ])
    expect(treeOf(spans).get(e2)).toBe(spanId('r'))
  })

  it.each<[string, ExchangeDetail[]]>([
    ['itself its own cause', [exchange(e1, { agent_id: 'b', parent_id: e1 }, {})]],
    [
      'two each the cause of the other',
      [
        exchange(e1, { agent_id: 'b', parent_id: e2 }, {}),
        exchange(e2, { agent_id: 'b', parent_id: e1 }, {}),
      ],
    ],
    ['a cause that nobody knows', [exchange(e1, { parent_id: 'ffffffffffffffff' }, null)]],
    ['the operation of nobody', [exchange(e1, null, { operation: 'ffffffffffffffff' })]],
    ['another exchange its operation', [exchange(e1, { operation: e2 }, {}), exchange(e2, {}, {})]],
    ['the id of the run', [exchange(spanId('r'), {}, {}), exchange(e2, {}, {})]],
    [
      'the id of another’s side',
      [exchange(e1, {}, {}), exchange(spanId(e1, 'server'), { agent_id: 'c' }, null)],
    ],
  ])('are one tree also when an agent claims %s', (_claim, exchanges) => {
    treeOf(deriveSpans(run, exchanges))
  })

  it('lie within the run, whatever clock an agent has', () => {
    const spans = deriveSpans(run, [
      exchange(e1, { started_at: 1e300, duration_ms: 1e300 }, { started_at: -1e300 }),
      exchange(e2, { started_at: 1_009, duration_ms: 1e9 }, null),
    ])
    for (const { startedAt, endedAt } of spans) {
      expect(startedAt).toBeGreaterThanOrEqual(1_000)
      expect(endedAt).toBeGreaterThanOrEqual(startedAt)
      expect(endedAt).toBeLessThanOrEqual(1_010)
    }
  })

  it('carry no token and nothing endless, wherever an agent puts one', () => {
    const spans = deriveSpans(run, [
      exchange(
        e3,
        {
          agent_id: 'a',
          session_id: token,
          peer_aid: token,
          request: {
            method: token,
            url: `http://127.0.0.1:1/${token}?t=${token}`,
            headers: [['x-aitp-tct', token]],
            body: { text: token, bytes: 1, truncated: false },
          },
          error: { code: `${token} ${'x'.repeat(10_000)}`, message: token },
        },
        null,
      ),
    ])
    const text = JSON.stringify(spans)
    expect(text).toContain('[token]')
    expect(text).not.toContain('eyJ')
    expect(text.length).toBeLessThan(4_000)
  })
})
