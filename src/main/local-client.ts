import type { StreamListener } from '../shared/bridge.ts'
import type { ConsoleClient } from '../shared/client.ts'
import {
  type CallInput,
  type CallName,
  type CallOutput,
  contract,
  type Handlers,
  type StreamInput,
  type StreamItem,
  type StreamName,
} from '../shared/contract.ts'
import { errorBody, toAppError } from '../shared/errors.ts'
import { parseInput } from './api/parse-input.ts'

/** The contract without a transport, for whoever lives in the host's own process. */
export function createLocalClient(handlers: Handlers): ConsoleClient {
  return {
    async call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
      // The types of one entry agree; over all of them the compiler cannot see it.
      const handle = handlers[name] as (parsed: unknown) => Promise<CallOutput<Name>>
      return handle(parseInput(contract[name].input, input))
    },
    subscribe<Name extends StreamName>(
      name: Name,
      input: StreamInput<Name>,
      listener: StreamListener<StreamItem<Name>>,
    ): () => void {
      const abort = new AbortController()
      const run = async () => {
        for await (const item of handlers[name](parseInput(contract[name].input, input), abort.signal))
          listener.item(item as StreamItem<Name>)
        if (!abort.signal.aborted) listener.end()
      }
      run().catch((thrown: unknown) => {
        if (!abort.signal.aborted) listener.error(errorBody(toAppError(thrown)))
      })
      return () => abort.abort()
    },
  }
}
