import type { RunEvent } from '../../../shared/events.ts'
import type { Exchange } from '../../../shared/exchange.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { isTerminalStatus, type RunRecord } from '../../../shared/run.ts'
import type { MarkState } from '../../components/mark.tsx'
import { type Conversation, conversationsOf } from '../sequence/conversations.ts'
import type { Failure } from './failures.ts'
import { messageState, messagesOf, tally } from './message-state.ts'

/** One sentence for a finished run, what was compared, and where to look. */
export interface Verdict {
  readonly mark: MarkState
  readonly sentence: string
  readonly expected: string | null
  readonly actual: string | null
  readonly code: string | null
  /** What the scenario says a run of it comes to; `null` where it says nothing. */
  readonly outcome: Outcome | null
}

/** `met` is `null` for a run that was not let go to its end. */
export interface Outcome {
  readonly summary: string
  readonly met: boolean | null
}

type Finding = Omit<Verdict, 'outcome'>

interface Facts {
  readonly run: RunRecord
  readonly events: readonly RunEvent[]
  readonly exchanges: readonly Exchange[]
  readonly failures: readonly Failure[]
  readonly names: Names
}

export function verdictOf(facts: Facts): Verdict | null {
  const { run, events } = facts
  if (!isTerminalStatus(run.status)) return null
  const [first] = events
  const expected = first?.type === 'run.started' ? first.expected : undefined
  const outcome = expected === undefined ? null : { summary: expected.summary, met: run.as_expected }
  return { ...findingOf(facts), outcome }
}

function findingOf(facts: Facts): Finding {
  const { run } = facts
  const nothing = { expected: null, actual: null, code: null }
  switch (run.status) {
    case 'success':
      if (run.as_expected === false) return deviation(facts)
      return { ...nothing, mark: 'valid', sentence: `It ran to the end. ${summary(facts)}` }
    case 'cancelled':
      return { ...nothing, mark: 'skipped', sentence: `It was cancelled. Until then: ${summary(facts)}` }
    case 'interrupted':
      return { ...nothing, mark: 'expired', sentence: `The console stopped while it ran. ${run.error ?? ''}` }
    default: {
      const found = failure(facts)
      return run.as_expected === true ? { ...found, mark: 'valid' } : found
    }
  }
}

/** It ran to the end, and something in it was not as its scenario says. */
function deviation({ events, names }: Facts): Finding {
  const found = events.find(({ type }) => type === 'step.assertion_failed')
  const what = found === undefined ? 'It should have failed.' : inPlainWords(found, names)
  return {
    mark: 'refused',
    sentence: `It ran to the end, but not as expected. ${what}`,
    expected: null,
    actual: null,
    code: null,
  }
}

function failure({ run, exchanges, failures, names }: Facts): Finding {
  const first = failures.find(({ exchangeId }) => exchangeId !== null)
  const found = exchanges
    .flatMap(messagesOf)
    .find(
      ({ exchange, message }) =>
        exchange.exchange_id === first?.exchangeId && message.direction === first.direction,
    )
  const own = { mark: 'refused', code: run.error_code } as const
  if (!found)
    return { ...own, sentence: run.error ?? 'It failed and gave no reason.', expected: null, actual: null }
  const { message } = found
  const from = names.ofId(message.from)
  const to = names.ofId(message.to)
  if (messageState(message) === 'lost')
    return {
      ...own,
      sentence: `${to} never answered the ${message.kind} of ${from}.`,
      expected: null,
      actual: null,
    }
  const check = message.verdict ? tally(message.verdict.report).failed : null
  return {
    mark: 'refused',
    sentence: `${to} refused the ${message.kind} of ${from}${check ? `: the check “${check.title}” failed` : ''}.`,
    expected: check?.expected ?? null,
    actual: check?.actual ?? null,
    code: message.code ?? run.error_code,
  }
}

function summary({ events, exchanges }: Facts): string {
  const conversations = conversationsOf(exchanges)
  const steps = events.filter(({ type }) => type === 'step.complete').length
  const parts = [
    tallied(
      'handshake',
      'accepted',
      conversations.filter(({ kind }) => kind === 'handshake'),
    ),
    tallied(
      'call',
      'allowed',
      conversations.filter(({ kind }) => kind === 'capability'),
    ),
    steps > 0 ? `${count(steps, 'step')} done` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'No message was captured.' : `${capital(parts.join(', '))}.`
}

function tallied(noun: string, verb: string, conversations: readonly Conversation[]): string {
  if (conversations.length === 0) return ''
  const bad = conversations.filter(({ state }) => state === 'refused' || state === 'lost').length
  const good = conversations.filter(({ state }) => state !== 'refused' && state !== 'lost').length
  return [good > 0 ? `${count(good, noun)} ${verb}` : '', bad > 0 ? `${count(bad, noun)} refused` : '']
    .filter((part) => part !== '')
    .join(', ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
