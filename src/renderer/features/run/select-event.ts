import type { RunEvent } from '../../../shared/events.ts'
import type { Exchange } from '../../../shared/exchange.ts'
import { type Direction, select } from '../../store/run-view.ts'
import { isBad, messageState } from './message-state.ts'

/** Selects an event and with it, in every lens, the message it tells of. */
export function selectEvent(event: RunEvent, exchanges: readonly Exchange[]): void {
  const exchange = exchanges.find(({ exchange_id }) => exchange_id === event.exchange_id)
  select({
    eventSeq: event.seq,
    exchangeId: event.exchange_id ?? null,
    direction: directionOf(event, exchange),
  })
}

function directionOf(event: RunEvent, exchange: Exchange | undefined): Direction {
  switch (event.type) {
    // What an initiator reports, it learned from an answer; what a responder reports, from a request.
    case 'handshake.complete':
    case 'handshake.failed':
      return event.role === 'initiator' ? 'response' : 'request'
    case 'handshake.started':
    case 'gate.decided':
    case 'capability.invoked':
      return 'request'
    case 'manifest.verify_failed':
      return 'response'
    default:
      return exchange?.messages.find((message) => isBad(messageState(message)))?.direction ?? 'request'
  }
}
