import type { Exchange, Message } from '../../../shared/exchange.ts'
import { type Check, failedCheck, type Report } from '../../../shared/report.ts'
import type { MarkState } from '../../components/mark.tsx'
import type { Direction } from '../../store/run-view.ts'

/** A message together with the exchange it belongs to. */
export interface SequenceMessage {
  readonly key: string
  readonly exchange: Exchange
  readonly message: Message
}

export function messagesOf(exchange: Exchange): readonly SequenceMessage[] {
  return exchange.messages.map((message) => ({
    key: messageKey(exchange.exchange_id, message.direction),
    exchange,
    message,
  }))
}

export function messageKey(exchangeId: string, direction: Direction): string {
  return `${exchangeId}:${direction}`
}

/**
 * `unchecked`: it arrived, and nothing in it could be verified. That is not `valid`: no mark in green stands for
 * something nobody verified.
 */
export type MessageState =
  | Extract<MarkState, 'valid' | 'pending' | 'refused' | 'unpinned'>
  | 'lost'
  | 'unchecked'

export function messageState({ outcome, verdict }: Message): MessageState {
  if (outcome === 'refused' || verdict?.report.verdict === 'refused') return 'refused'
  if (outcome === 'lost') return 'lost'
  if (outcome === 'pending') return 'pending'
  if (!verdict?.report.checks.some(({ status }) => status === 'passed')) return 'unchecked'
  return skippedPins(verdict.report).length > 0 ? 'unpinned' : 'valid'
}

export function isBad(state: MessageState): boolean {
  return state === 'refused' || state === 'lost'
}

export function markOf(state: MessageState): MarkState {
  if (state === 'lost') return 'refused'
  return state === 'unchecked' ? 'skipped' : state
}

const words: Record<MessageState, string> = {
  valid: 'accepted',
  unpinned: 'accepted, not pinned',
  refused: 'refused',
  pending: 'pending',
  lost: 'no answer',
  unchecked: 'delivered',
}

/** The outcome in words; the code stands beside it. */
export function outcomeWord(message: Message): string {
  if (message.kind === 'ERROR' && messageState(message) === 'unchecked') return 'error delivered'
  return words[messageState(message)]
}

const pinChecks = [
  'manifest.expected_aid',
  'hello.expected_peer',
  'hello_ack.expected_peer',
  'identity.pin',
  'revocation.issuer',
]

/** The skipped checks that would have compared with a pin, where none of them could: whoever this is, is unknown. */
export function skippedPins({ checks }: Report): readonly Check[] {
  const pins = checks.filter(({ id }) => pinChecks.includes(id))
  return pins.some(({ status }) => status !== 'skipped') ? [] : pins
}

export interface Tally {
  readonly passed: number
  readonly total: number
  readonly failed: Check | null
}

/** How a ladder ended, in words that leave no check out. */
export function tallyWords({ checks }: Report): string {
  const counted = [
    ['passed', 'passed'],
    ['failed', 'failed'],
    ['skipped', 'skipped'],
    ['not_reached', 'not reached'],
  ] as const
  return counted
    .map(([status, word]) => [checks.filter((check) => check.status === status).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

export function tally(report: Report): Tally {
  return {
    passed: report.checks.filter(({ status }) => status === 'passed').length,
    total: report.checks.length,
    failed: failedCheck(report),
  }
}
