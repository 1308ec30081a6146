import { select, setFold, setTab } from '../../store/run-view.ts'
import { isBad, messageState } from '../run/message-state.ts'
import type { SequenceRow } from './sequence-rows.ts'

/** Folds and unfolds a conversation; selects a message, in every lens. */
export function chooseRow(row: SequenceRow): void {
  if (row.kind === 'conversation') {
    setFold(row.key, !row.folded)
    return
  }
  const { exchange, message } = row.item
  select({ exchangeId: exchange.exchange_id, direction: message.direction })
  // What was refused opens on the reason.
  if (isBad(messageState(message))) setTab('checks')
}
