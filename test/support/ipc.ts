import { EventEmitter } from 'node:events'
import { bindIpc, type IpcSender } from '../../src/main/api/bind-ipc.ts'
import { type Answer, channels, type StreamMessage } from '../../src/shared/bridge.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { Handlers } from '../../src/shared/contract.ts'
import { errorFromBody } from '../../src/shared/errors.ts'

/** The contract over the IPC binding, with Electron's channels played by an emitter. */
export function createIpcClient(handlers: Handlers): ConsoleClient {
  const main = new EventEmitter()
  const listeners = new Map<string, (event: { sender: IpcSender }, ...args: unknown[]) => Promise<unknown>>()
  const sender: IpcSender = {
    id: 1,
    isDestroyed: () => false,
    send: (channel, message) => void main.emit(`renderer:${channel}`, structuredClone(message)),
  }
  bindIpc<{ sender: IpcSender }>(
    handlers,
    {
      handle: (channel, listener) => void listeners.set(channel, listener),
      on: (channel, listener) => main.on(channel, listener),
    },
    () => true,
  )
  let subscriptions = 0
  return {
    async call(name, input) {
      const answer = (await listeners.get(channels.call)?.(
        { sender },
        name,
        structuredClone(input),
      )) as Answer<never>
      if (answer.ok) return structuredClone(answer.value)
      throw errorFromBody(answer.body)
    },
    subscribe(name, input, listener) {
      subscriptions += 1
      const id = String(subscriptions)
      const onMessage = (message: StreamMessage) => {
        if (message.id !== id) return
        if (message.kind === 'item') listener.item(message.item as never)
        else if (message.kind === 'end') listener.end()
        else listener.error(message.body)
      }
      main.on(`renderer:${channels.stream}`, onMessage)
      main.emit(channels.subscribe, { sender }, id, name, input)
      return () => {
        main.off(`renderer:${channels.stream}`, onMessage)
        main.emit(channels.unsubscribe, { sender }, id)
      }
    },
  }
}
