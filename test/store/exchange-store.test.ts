import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/shared/report.ts'
import { capture, newRun, openStore } from '../support/store.ts'

const report = (verdict: Report['verdict'], code: string | null = null): Report => ({
  subject: 'mutual_hello',
  verdict,
  code,
  checked_at: 1,
  checks: [],
})

const accepted = report('accepted')

function openExchanges() {
  const { store, exchanges } = openStore()
  store.create(newRun('r'))
  return exchanges
}

const outcomes = (store: ReturnType<typeof openExchanges>) =>
  store.list('r')[0]?.messages.map(({ kind, outcome, code }) => [kind, outcome, code])

describe('joined captures', () => {
  it('take the verdict on each message from the side that received it', () => {
    const store = openExchanges()
    store.put('r', 1, capture({ report: accepted }))
    store.put('r', 2, capture({ report: accepted, side: 'server', agent_id: 'bob', peer_agent_id: 'alice' }))
    expect(store.list('r')).toMatchObject([
      {
        from: 'alice',
        to: 'bob',
        messages: [{ verdict: { reported_by: 'bob' } }, { verdict: { reported_by: 'alice' } }],
      },
    ])
  })

  it('show a request that the server has not reported on as pending, never as accepted', () => {
    const store = openExchanges()
    store.put('r', 1, capture({ report: accepted }))
    expect(outcomes(store)).toEqual([
      ['MUTUAL_HELLO', 'pending', null],
      ['MUTUAL_HELLO_ACK', 'accepted', null],
    ])
  })

  it('show a request without an answer as lost', () => {
    const store = openExchanges()
    store.put(
      'r',
      1,
      capture({ response: null, report: null, error: { code: 'no_answer', message: 'none' } }),
    )
    expect(outcomes(store)).toEqual([['MUTUAL_HELLO', 'lost', null]])
  })

  it('show a refusal by the server on the request, and the error that came back', () => {
    const store = openExchanges()
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
    const store = openExchanges()
    store.put('r', 1, capture({ report: report('refused', 'IDENTITY_FAILED') }))
    store.put('r', 2, capture({ report: accepted, side: 'server', agent_id: 'bob' }))
    expect(outcomes(store)).toEqual([
      ['MUTUAL_HELLO', 'accepted', null],
      ['MUTUAL_HELLO_ACK', 'refused', 'IDENTITY_FAILED'],
    ])
  })

  it('cannot be rewritten, by the agent that reported or by its peer', () => {
    const store = openExchanges()
    store.put('r', 1, capture({ report: report('refused', 'IDENTITY_FAILED') }))
    store.put('r', 2, capture({ report: accepted, side: 'server', agent_id: 'bob' }))
    store.put('r', 3, capture({ report: accepted }))
    store.put('r', 4, capture({ report: accepted, agent_id: 'bob' }))
    expect(outcomes(store)?.[1]).toEqual(['MUTUAL_HELLO_ACK', 'refused', 'IDENTITY_FAILED'])
    expect(store.list('r')[0]?.disputed).toBe(false)
  })

  it('believe neither of two agents that claim the same side, and say so', () => {
    const store = openExchanges()
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
    const store = openExchanges()
    store.put('r', 1, capture({ report: accepted }))
    expect(store.get('r', '00000000000000e1').client?.agent_id).toBe('alice')
    expect(() => store.get('r', 'ffffffffffffffff')).toThrow(
      expect.objectContaining({ code: 'exchange_not_found' }),
    )
  })
})
