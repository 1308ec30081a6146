import type { RunEvent } from '../../src/shared/events.ts'
import type { Recording } from './recorded-run.ts'

/** A recording as it would have been if something in it had gone otherwise; each is a copy. */
function altered(recording: Recording, change: (copy: Recording) => void): Recording {
  const copy = structuredClone(recording)
  change(copy)
  return copy
}

/** The same under another run id, so that a host can hold both. */
export function renamed(recording: Recording, runId: string): Recording {
  return altered(recording, ({ run, exchanges }) => {
    run.run_id = runId
    for (const event of run.events) event.run_id = runId
    for (const exchange of exchanges) exchange.run_id = runId
  })
}

/** The failed check of the manifest at another place of its ladder. */
export function withFailureAt(recording: Recording, place: number): Recording {
  return altered(recording, ({ exchanges }) => {
    const checks = exchanges[0]?.messages[1]?.verdict?.report.checks ?? []
    for (const [index, check] of checks.entries()) {
      check.status = index < place ? 'passed' : index === place ? 'failed' : 'not_reached'
      if (index === place) Object.assign(check, { expected: 'aitp/0.2', actual: 'aitp/0.1' })
      else Object.assign(check, { expected: null, actual: null })
    }
  })
}

/** As if nothing had been pinned for the peer whose manifest was fetched first. */
export function withoutPin(recording: Recording): Recording {
  return altered(recording, ({ exchanges }) => {
    const pin = exchanges[0]?.messages[1]?.verdict?.report.checks.find(
      ({ id }) => id === 'manifest.expected_aid',
    )
    if (!pin) throw new TypeError('the recording has no such check')
    Object.assign(pin, { status: 'skipped', expected: null, actual: 'no AID is pinned for this peer' })
  })
}

/** As if the answer of the last captured exchange were on its way, seen by nobody at its end. */
export function withPendingAnswer(recording: Recording, exchangeIndex: number): Recording {
  return altered(recording, ({ exchanges }) => {
    const answer = exchanges[exchangeIndex]?.messages[1]
    if (!answer) throw new TypeError('the recording has no such message')
    Object.assign(answer, { outcome: 'pending', verdict: null })
  })
}

/** As if the writer had never answered the call. */
export function withLostCall(recording: Recording): Recording {
  return altered(recording, ({ exchanges }) => {
    const call = exchanges.at(-1)
    const [request] = call?.messages ?? []
    if (!call?.client || !request) throw new TypeError('the recording has no call')
    Object.assign(request, { outcome: 'lost', verdict: null })
    Object.assign(call, { status: null, server: null, messages: [request] })
    Object.assign(call.client, {
      response: null,
      error: { code: 'agent_unreachable', message: 'connect ECONNREFUSED 127.0.0.1:8101' },
    })
  })
}

/** The texts that the runner wrote about its failure replaced by another. */
export function withError(recording: Recording, text: string): Recording {
  return altered(recording, ({ run }) => {
    for (const event of run.events)
      if (event.type === 'trust.failed' || event.type === 'run.failed') event.error = text
  })
}

/** As many agents and handshakes as a busy run has: each pair of `agents` shakes hands as the first pair did. */
export function busy(recording: Recording, agents: number): Recording {
  return altered(recording, (copy) => {
    const ids = Array.from({ length: agents }, (_, index) => `agent-${index + 1}`)
    const [pattern] = copy.run.agents
    if (!pattern) throw new TypeError('the recording has no agent')
    copy.run.agents = ids.map((agent_id, index) => ({
      ...pattern,
      agent_id,
      display_name: `Agent ${index + 1}`,
      org: index % 2 === 0 ? 'internal' : 'external',
      port: 8100 + index,
    }))
    copy.run.events = copy.run.events.filter(({ type }) => type === 'run.started' || type === 'run.complete')
    for (const [index, event] of copy.run.events.entries())
      Object.assign(event, { seq: index + 1, cause_seq: [] })
    const handshake = copy.exchanges.slice(0, 3)
    const pairs = ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => [from, to] as const))
    Object.assign(copy, {
      exchanges: pairs.flatMap(([from, to], pair) =>
        handshake.map((exchange, step) => between(exchange, from, to, pair * 3 + step)),
      ),
    })
  })
}

/** As many agents in a ring: each holds a token of the next. */
export function crowd(recording: Recording, agents: number): Recording {
  const many = renamed(busy({ ...recording, exchanges: [] }, agents), `crowd-${agents}`)
  const held = recording.run.events.find(({ type }) => type === 'handshake.complete')
  return altered(many, ({ run }) => {
    const [first, last] = run.events
    if (held?.type !== 'handshake.complete' || !first || !last)
      throw new TypeError('the recording has no token')
    const aids = run.agents.map(({ agent_id }) => `aid:pubkey:${agent_id}`)
    for (const [index, agent] of run.agents.entries()) agent.aid = aids[index] ?? null
    const { exchange_id: _exchange, ...told } = held
    const { ts, run_id } = first
    const known = run.agents.map(({ agent_id }, index) => ({
      type: 'agent.ready' as const,
      ...{ agent_id, aid: aids[index] ?? '', port: 8100 + index, pid: 1_000 + index },
      ...{ ts, run_id, source: 'runner' as const, cause_seq: [], seq: 0, offset_ms: 0 },
    }))
    const tokens = run.agents.map(({ agent_id }, index) => {
      const claims = {
        ...told.tct.claims,
        jti: `token-${index}`,
        sub: aids[index],
        iss: aids[(index + 1) % agents],
      }
      return { ...told, run_id, agent_id, cause_seq: [], tct: { ...told.tct, claims } }
    })
    run.events = [first, ...known, ...tokens, last].map((event, index) => ({ ...event, seq: index + 1 }))
  })
}

function between(exchange: Recording['exchanges'][number], from: string, to: string, place: number) {
  const copy = structuredClone(exchange)
  for (const message of copy.messages) {
    const request = message.direction === 'request'
    Object.assign(message, { from: request ? from : to, to: request ? to : from })
  }
  return Object.assign(copy, {
    from,
    to,
    exchange_id: place.toString(16).padStart(16, '0'),
    session_id: copy.session_id === null ? null : `session-${from}-${to}`,
    offset_ms: 300 + place * 12,
    event_seqs: [],
  })
}

/** A log of `length` events. */
export function long(recording: Recording, length: number): Recording {
  return altered(recording, (copy) => {
    const [first, ...rest] = copy.run.events
    const last = rest.at(-1)
    if (!first || !last) throw new TypeError('the recording is empty')
    const { ts, run_id } = first
    const middle = Array.from({ length: length - 2 }, (_, index) => ({
      type: 'step.skipped' as const,
      step_id: `step-${index}`,
      notes: 'nothing to do',
      ...{ ts, run_id, source: 'runner' as const, cause_seq: [], seq: index + 2, offset_ms: index },
    }))
    copy.run.events = [first, ...middle, { ...last, seq: length, offset_ms: length, cause_seq: [] }]
    Object.assign(copy, { exchanges: [] })
  })
}

/** As if the run had stood still before a step until somebody let it go on. */
export function withPauseBefore(recording: Recording, stepId: string): Recording {
  return altered(recording, ({ run }) => {
    const at = run.events.findIndex((event) => 'step_id' in event && event.step_id === stepId)
    const next = run.events[at]
    if (!next) throw new TypeError('the recording has no such step')
    const later = (seq: number) => (seq > at ? seq + 2 : seq)
    for (const event of run.events) {
      event.seq = later(event.seq)
      event.cause_seq = event.cause_seq.map(later)
    }
    const { ts, offset_ms, run_id } = next
    const told = (type: 'run.paused' | 'run.resumed', seq: number): RunEvent => ({
      type,
      step_id: stepId,
      seq,
      ts,
      offset_ms,
      run_id,
      source: 'runner',
      cause_seq: [seq - 1],
    })
    run.events.splice(at, 0, told('run.paused', at + 1), told('run.resumed', at + 2))
  })
}

/** As if its scenario had said what a run comes to, and the run had or had not. */
export function withExpectation(recording: Recording, summary: string, isMet: boolean): Recording {
  return altered(recording, ({ run }) => {
    const [first] = run.events
    if (first?.type !== 'run.started') throw new TypeError('the recording does not start')
    first.expected = { status: run.status === 'failed' ? 'failed' : 'success', summary }
    run.as_expected = isMet
  })
}

/** As if an assertion of the last step had not held. */
export function withUnmetAssertion(recording: Recording, error: string): Recording {
  return altered(recording, ({ run }) => {
    const at = run.events.findLastIndex(({ type }) => type === 'step.complete')
    const event = run.events[at]
    if (event?.type !== 'step.complete') throw new TypeError('the recording completes no step')
    const { result: _result, agent: _agent, capability: _capability, target: _target, ...rest } = event
    run.events[at] = { ...rest, type: 'step.assertion_failed', error }
  })
}
