import type { ExchangeDetail, Message } from '../../../shared/exchange.ts'
import type { RunFacts } from '../run/run-facts.ts'

/** What each tab of the inspector shows a part of. */
export interface WireProps {
  readonly exchange: ExchangeDetail
  readonly message: Message
  readonly facts: RunFacts
}
