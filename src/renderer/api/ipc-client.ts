import type { ConsoleBridge } from '../../shared/bridge.ts'
import type { ConsoleClient } from '../../shared/client.ts'
import { errorFromBody } from '../../shared/errors.ts'

/** The contract over the bridge of the desktop's preload. */
export function createIpcClient(bridge: ConsoleBridge): ConsoleClient {
  return {
    async call(name, input) {
      const answer = await bridge.call(name, input)
      if (answer.ok) return answer.value
      throw errorFromBody(answer.body)
    },
    subscribe: (name, input, listener) => bridge.subscribe(name, input, listener),
  }
}
