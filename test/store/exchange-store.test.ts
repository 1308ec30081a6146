import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/main/store/database.ts'
import { createExchangeStore } from '../../src/main/store/exchange-store.ts'
import { createRunStore } from '../../src/main/store/run-store.ts'
import type { StoredCapture } from '../../src/shared/exchange.ts'
import type { Report } from '../../src/shared/report.ts'
import { temporaryFolder } from '../support/folders.ts'

const report = (verdict: Report['verdict'], code: string | null = null): Report => ({
  subject: 'mutual_hello',
  verdict,
  code,
  checked_at: 1,
  checks: [],
})

const capture = (changes: Partial<StoredCapture>): StoredCapture => ({
  exchange_id: '00000000000000e1',
  trace_id: '0'.repeat(32),
  side: 'client',
  agent_id: 'alice',
  kind: 'hello',
  operation: null,
  session_id: null,
  peer_agent_id: 'bob',
  peer_aid: null,
  started_at: 1,
  duration_ms: 2,
  request: {
    method: 'POST',
    url: 'http://127.0.0.1:1/aitp/handshake/hello',
    headers: [],
    body: { text: '{}', bytes: 2, truncated: false },
  },
  response: { status: 200, headers: [], body: { text: '{}', bytes: 2, truncated: false } },
  error: null,
  report: report('accepted'),
  request_tokens: [],
  response_tokens: [],
  ...changes,
})

function openStore() {
  const database = openDatabase(join(temporaryFolder(), 'console.db'))
  createRunStore(database).create({
    run_id: 'r',
    scenario_ref: 'p/s@1.0.0',
    run_label: null,
    template: null,
    inputs: {},
    cp: 'off',
    created_at: 1,
  })
  return createExchangeStore(database)
}

const outcomes = (store: ReturnType<typeof openStore>) =>
  store.list('r')[0]?.messages.map(({ kind, outcome, code }) => [kind, outcome, code])

describe('joined captures', () => {
  it('take the verdict on each message from the side that received it', () => {
    const store = openStore()
    store.put('r', 1, capture({}))
    store.put('r', 2, capture({ side: 'server', agent_id: 'bob', peer_agent_id: 'alice' }))
    expect(store.list('r')).toMatchObject([
      {
        from: 'alice',
        to: 'bob',
        messages: [{ verdict: { reported_by: 'bob' } }, { verdict: { reported_by: 'alice' } }],
      },
    ])
  })

  it('show a request that the server has not reported on as pending, never as accepted', () => {
    const store = openStore()
    store.put('r', 1, capture({}))
    expect(outcomes(store)).toEqual([
      ['MUTUAL_HELLO', 'pending', null],
      ['MUTUAL_HELLO_ACK', 'accepted', null],
    ])
  })

  it('show a request without an answer as lost', () => {
    const store = openStore()
    store.put(
      'r',
      1,
      capture({ response: null, report: null, error: { code: 'no_answer', message: 'none' } }),
    )
    expect(outcomes(store)).toEqual([['MUTUAL_HELLO', 'lost', null]])
  })

  it('show a refusal by the server on the request, and the error that came back', () => {
    const store = openStore()
    const response = {
      status: 400,
      headers: [],
      body: { text: '{"error":{"code":"NONCE_MISMATCH"}}', bytes: 35, truncated: false },
    }
    store.put('r', 1, capture({ response, report: null }))
    store.put(
      'r',
      2,
      capture({ side: 'server', agent_id: 'bob', response, report: report('refused', 'NONCE_MISMATCH') }),
    )
    expect(outcomes(store)).toEqual([
      ['MUTUAL_HELLO', 'refused', 'NONCE_MISMATCH'],
      ['ERROR', 'accepted', 'NONCE_MISMATCH'],
    ])
  })

  it('show a refusal by the client on the response', () => {
    const store = openStore()
    store.put('r', 1, capture({ report: report('refused', 'IDENTITY_FAILED') }))
    store.put('r', 2, capture({ side: 'server', agent_id: 'bob' }))
    expect(outcomes(store)).toEqual([
      ['MUTUAL_HELLO', 'accepted', null],
      ['MUTUAL_HELLO_ACK', 'refused', 'IDENTITY_FAILED'],
    ])
  })

  it('cannot be rewritten, by the agent that reported or by its peer', () => {
    const store = openStore()
    store.put('r', 1, capture({ report: report('refused', 'IDENTITY_FAILED') }))
    store.put('r', 2, capture({ side: 'server', agent_id: 'bob' }))
    store.put('r', 3, capture({}))
    store.put('r', 4, capture({ agent_id: 'bob' }))
    expect(outcomes(store)?.[1]).toEqual(['MUTUAL_HELLO_ACK', 'refused', 'IDENTITY_FAILED'])
    expect(store.list('r')[0]?.disputed).toBe(false)
  })

  it('believe neither of two agents that claim the same side, and say so', () => {
    const store = openStore()
    store.put('r', 1, capture({ agent_id: 'bob', report: report('accepted') }))
    store.put('r', 2, capture({ report: report('refused', 'IDENTITY_FAILED') }))
    const [listed] = store.list('r')
    expect(listed).toMatchObject({
      disputed: true,
      messages: [{ verdict: null }, { verdict: null, outcome: 'pending' }],
    })
    expect(store.get('r', '00000000000000e1')).toMatchObject({ disputed: true, client: null })
  })

  it('are found by their id, or not at all', () => {
    const store = openStore()
    store.put('r', 1, capture({}))
    expect(store.get('r', '00000000000000e1').client?.agent_id).toBe('alice')
    expect(() => store.get('r', 'ffffffffffffffff')).toThrow(
      expect.objectContaining({ code: 'exchange_not_found' }),
    )
  })
})
