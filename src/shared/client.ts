import type { StreamListener } from './bridge.ts'
import type { CallInput, CallName, CallOutput, StreamInput, StreamItem, StreamName } from './contract.ts'

/** The contract as its users see it, whatever carries it. Calls reject with an `AppError`. */
export interface ConsoleClient {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>
  /** Returns its own unsubscribe. Does not reconnect: who reads a log knows where to resume. */
  subscribe<Name extends StreamName>(
    name: Name,
    input: StreamInput<Name>,
    listener: StreamListener<StreamItem<Name>>,
  ): () => void
}
