import type { CallInput, CallName, CallOutput, StreamInput, StreamItem, StreamName } from './contract.ts'
import type { ErrorBody } from './errors.ts'

/** The two channels between window and host, and the one on which streams answer. */
export const channels = {
  call: 'console:call',
  subscribe: 'console:subscribe',
  unsubscribe: 'console:unsubscribe',
  stream: 'console:stream',
} as const

/** How an answer crosses: errors as data, since Electron passes on only the message of a thrown one. */
export type Answer<Value> = { ok: true; value: Value } | { ok: false; body: ErrorBody }

/** What arrives on {@link channels.stream} for one subscription. */
export type StreamMessage =
  | { id: string; kind: 'item'; item: unknown }
  | { id: string; kind: 'end' }
  | { id: string; kind: 'error'; body: ErrorBody }

/** What preload puts on `window.consoleBridge`: functions limited to the contract, no IPC object, no channel. */
export interface ConsoleBridge {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Answer<CallOutput<Name>>>
  /** Returns its own unsubscribe. */
  subscribe<Name extends StreamName>(
    name: Name,
    input: StreamInput<Name>,
    listener: StreamListener<StreamItem<Name>>,
  ): () => void
}

export interface StreamListener<Item> {
  item(item: Item): void
  end(): void
  error(body: ErrorBody): void
}

/** The name of the bridge on `window`. */
export const bridgeName = 'consoleBridge'
