import { type Answer, channels, type StreamMessage } from '../../shared/bridge.ts'
import {
  type CallName,
  callNames,
  contract,
  type Handlers,
  type StreamName,
  streamNames,
} from '../../shared/contract.ts'
import { AppError, errorBody, toAppError } from '../../shared/errors.ts'
import { parseInput } from './parse-input.ts'

/** The part of Electron's `webContents` that answers need. */
export interface IpcSender {
  readonly id: number
  isDestroyed(): boolean
  send(channel: string, message: unknown): void
}

/** The part of Electron's `ipcMain` that is used, so that this file runs, and is tested, without Electron. */
export interface IpcChannels<Event> {
  handle(channel: string, listener: (event: Event, ...args: unknown[]) => Promise<unknown>): void
  on(channel: string, listener: (event: Event, ...args: unknown[]) => void): unknown
}

export interface IpcBinding {
  /** Stops everything a sender listens to: its page has gone, or is another one now. */
  forget(senderId: number): void
}

/** More than a window ever needs; a page that leaks subscriptions is stopped here. */
const maxSubscriptions = 64

/** Binds the contract to Electron's channels. Every message is first judged by who sent it, then parsed. */
export function bindIpc<Event extends { readonly sender: IpcSender }>(
  handlers: Handlers,
  ipc: IpcChannels<Event>,
  isTrusted: (event: Event) => boolean,
): IpcBinding {
  const subscriptions = new Map<number, Map<string, AbortController>>()

  ipc.handle(channels.call, (event, name, input) =>
    answer(async () => {
      if (!isTrusted(event)) throw new AppError('forbidden_origin', 'Only the console’s own page may ask.')
      const call = findName(callNames, name)
      // The types of one entry agree; over all of them the compiler cannot see it.
      const handle = handlers[call] as (parsed: unknown) => Promise<unknown>
      return handle(parseInput(contract[call].input, input))
    }),
  )

  ipc.on(channels.subscribe, (event, id, name, input) => {
    if (!isTrusted(event) || typeof id !== 'string') return
    const { sender } = event
    const send = (message: StreamMessage) => {
      if (!sender.isDestroyed()) sender.send(channels.stream, message)
    }
    const own = subscriptions.get(sender.id) ?? new Map<string, AbortController>()
    subscriptions.set(sender.id, own)
    const stop = new AbortController()
    const run = async () => {
      if (own.has(id)) throw new AppError('invalid_body', `There is a subscription ${id} already.`)
      if (own.size >= maxSubscriptions)
        throw new AppError('invalid_body', 'There are too many subscriptions.')
      own.set(id, stop)
      const stream = findName(streamNames, name)
      try {
        for await (const item of handlers[stream](parseInput(contract[stream].input, input), stop.signal)) {
          if (stop.signal.aborted) return
          send({ id, kind: 'item', item })
        }
        if (!stop.signal.aborted) send({ id, kind: 'end' })
      } finally {
        own.delete(id)
      }
    }
    run().catch((thrown: unknown) => {
      if (!stop.signal.aborted) send({ id, kind: 'error', body: errorBody(toAppError(thrown)) })
    })
  })

  ipc.on(channels.unsubscribe, (event, id) => {
    if (isTrusted(event) && typeof id === 'string') subscriptions.get(event.sender.id)?.get(id)?.abort()
  })

  return {
    forget(senderId) {
      for (const stop of subscriptions.get(senderId)?.values() ?? []) stop.abort()
      subscriptions.delete(senderId)
    },
  }
}

async function answer(act: () => Promise<unknown>): Promise<Answer<unknown>> {
  try {
    return { ok: true, value: await act() }
  } catch (thrown) {
    return { ok: false, body: errorBody(toAppError(thrown)) }
  }
}

function findName<Name extends CallName | StreamName>(names: readonly Name[], given: unknown): Name {
  const name = names.find((known) => known === given)
  if (name !== undefined) return name
  throw new AppError('not_found', `The contract has no ${JSON.stringify(given) ?? typeof given}.`)
}
