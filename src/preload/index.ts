import { contextBridge, ipcRenderer } from 'electron'
import {
  bridgeName,
  type ConsoleBridge,
  channels,
  type StreamListener,
  type StreamMessage,
} from '../shared/bridge.ts'

// Only types and these channel names come from src/shared. Which names exist, who asks and what the input must be
// is checked in main, which cannot trust this side anyway; so no schema library is loaded into the window's sandbox.

const listeners = new Map<string, StreamListener<unknown>>()
let subscriptions = 0

ipcRenderer.on(channels.stream, (_event, message: StreamMessage) => {
  const listener = listeners.get(message.id)
  if (message.kind !== 'item') listeners.delete(message.id)
  if (message.kind === 'item') listener?.item(message.item)
  else if (message.kind === 'end') listener?.end()
  else listener?.error(message.body)
})

const bridge: ConsoleBridge = {
  call: (name, input) => ipcRenderer.invoke(channels.call, name, input),
  subscribe: (name, input, listener) => {
    subscriptions += 1
    const id = String(subscriptions)
    listeners.set(id, listener as StreamListener<unknown>)
    ipcRenderer.send(channels.subscribe, id, name, input)
    return () => {
      listeners.delete(id)
      ipcRenderer.send(channels.unsubscribe, id)
    }
  },
}

contextBridge.exposeInMainWorld(bridgeName, bridge)
