import type { RunEvent } from '../../../shared/events.ts'
import type { Exchange } from '../../../shared/exchange.ts'
import type { Selection } from '../../store/run-view.ts'
import { isFailure } from '../timeline/event-facts.ts'
import { isBad, messageState, messagesOf } from './message-state.ts'

/** A place where something went wrong: a message with its ladder where there is one, else an event. */
export interface Failure extends Selection {
  readonly offsetMs: number
}

/** In order of time. An event that only repeats what a refused message says is no place of its own. */
export function failuresOf(events: readonly RunEvent[], exchanges: readonly Exchange[]): readonly Failure[] {
  const refused = exchanges
    .flatMap(messagesOf)
    .filter(({ message }) => isBad(messageState(message)))
    .map(({ exchange, message }) => ({
      exchangeId: exchange.exchange_id,
      direction: message.direction,
      eventSeq:
        events.find((event) => event.exchange_id === exchange.exchange_id && isFailure(event))?.seq ?? null,
      offsetMs: exchange.offset_ms,
    }))
  const explained = new Set(refused.map(({ exchangeId }) => exchangeId))
  const seqs = new Set(refused.map(({ eventSeq }) => eventSeq))
  const others: Failure[] = []
  for (const event of events) {
    if (!isFailure(event)) continue
    const known =
      (event.exchange_id !== undefined && explained.has(event.exchange_id)) ||
      event.cause_seq.some((seq) => seqs.has(seq))
    if (known) seqs.add(event.seq)
    else
      others.push({
        exchangeId: event.exchange_id ?? null,
        direction: 'request',
        eventSeq: event.seq,
        offsetMs: event.offset_ms,
      })
  }
  return [...refused, ...others].sort((one, two) => one.offsetMs - two.offsetMs)
}

/** The failure after (or before) what is selected; the first when nothing of it is selected. */
export function nextFailure(
  failures: readonly Failure[],
  selection: Selection,
  step: 1 | -1,
): Failure | undefined {
  const at = failures.findIndex(
    (failure) =>
      failure.exchangeId === selection.exchangeId &&
      (failure.exchangeId === null
        ? failure.eventSeq === selection.eventSeq
        : failure.direction === selection.direction),
  )
  if (at < 0) return step === 1 ? failures[0] : failures.at(-1)
  return failures[(at + step + failures.length) % failures.length]
}
