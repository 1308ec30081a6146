import type { ConsoleClient } from '../../shared/client.ts'
import {
  type CallInput,
  type CallName,
  callNames,
  type Handlers,
  type StopSignal,
  type StreamInput,
  type StreamItem,
  type StreamName,
  streamNames,
} from '../../shared/contract.ts'
import { errorFromBody } from '../../shared/errors.ts'

/** Handlers that pass everything on: to the host of another process, when this one is attached to it. */
export function relayHandlers(client: ConsoleClient): Handlers {
  const calls = callNames.map((name) => [name, (input: CallInput<CallName>) => client.call(name, input)])
  const streams = streamNames.map((name) => [
    name,
    (input: StreamInput<StreamName>, signal: StopSignal) => follow(client, name, input, signal),
  ])
  // One function a name of the contract, by construction; the compiler cannot see it through the arrays.
  return Object.fromEntries([...calls, ...streams]) as Handlers
}

async function* follow<Name extends StreamName>(
  client: ConsoleClient,
  name: Name,
  input: StreamInput<Name>,
  signal: StopSignal,
): AsyncGenerator<StreamItem<Name>> {
  const waiting: StreamItem<Name>[] = []
  let ended = false
  let failure: Error | null = null
  let wake = () => {}
  const finish = (error: Error | null) => {
    ended = true
    failure = error
    wake()
  }
  const unsubscribe = client.subscribe(name, input, {
    item: (item) => {
      waiting.push(item)
      wake()
    },
    end: () => finish(null),
    error: (body) => finish(errorFromBody(body)),
  })
  signal.addEventListener('abort', () => finish(null))
  try {
    for (;;) {
      yield* waiting.splice(0)
      if (waiting.length > 0) continue
      if (failure !== null) throw failure
      if (ended || signal.aborted) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    unsubscribe()
  }
}
