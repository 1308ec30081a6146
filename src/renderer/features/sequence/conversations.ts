import type { Exchange, ExchangeKind } from '../../../shared/exchange.ts'
import {
  isBad,
  type MessageState,
  messageState,
  messagesOf,
  type SequenceMessage,
} from '../run/message-state.ts'

/** The kinds of exchange that a handshake is made of, in their order. */
const handshakeOrder = ['manifest', 'hello', 'commit'] as const
type HandshakeKind = (typeof handshakeOrder)[number]

export type ConversationKind = 'handshake' | Exclude<ExchangeKind, 'hello' | 'commit'>

/** The exchanges of one handshake; any other exchange, also a manifest alone, is a conversation of its own. */
export interface Conversation {
  readonly id: string
  readonly kind: ConversationKind
  readonly from: string
  readonly to: string
  readonly offsetMs: number
  readonly durationMs: number
  readonly state: MessageState
  readonly code: string | null
  /** In order of capture. */
  readonly messages: readonly SequenceMessage[]
}

/**
 * Groups captured exchanges: the hello and the commit of a session belong together, and with them the manifest fetched
 * by the same agent from the same peer before. Conversations that ran at the same time stay apart.
 */
export function conversationsOf(exchanges: readonly Exchange[]): readonly Conversation[] {
  const groups: Exchange[][] = []
  const open = new Map<string, Exchange[]>()
  for (const exchange of inOrder(exchanges)) {
    const kind = isHandshakeKind(exchange.kind) ? 'handshake' : exchange.kind
    const pair = `${exchange.from} ${exchange.to} ${kind}`
    const session = groups.find((group) =>
      group.some(({ session_id }) => session_id !== null && session_id === exchange.session_id),
    )
    const group = session ?? continued(open.get(pair), exchange)
    if (group) group.push(exchange)
    else {
      const started = [exchange]
      groups.push(started)
      open.set(pair, started)
    }
  }
  return groups.map(conversation)
}

function isHandshakeKind(kind: ExchangeKind): kind is HandshakeKind {
  return (handshakeOrder as readonly ExchangeKind[]).includes(kind)
}

/** The open conversation of the pair, if this exchange can be its next one. */
function continued(group: Exchange[] | undefined, exchange: Exchange): Exchange[] | undefined {
  const last = group?.at(-1)
  if (!last) return undefined
  if (isHandshakeKind(last.kind) && isHandshakeKind(exchange.kind))
    return handshakeOrder.indexOf(last.kind) < handshakeOrder.indexOf(exchange.kind) ? group : undefined
  // The same request again, now with the proof that was asked for.
  return last.kind === exchange.kind && asksForProof(last) ? group : undefined
}

function asksForProof(exchange: Exchange): boolean {
  return exchange.messages.some(({ kind }) => kind === 'POP_CHALLENGE')
}

function inOrder(exchanges: readonly Exchange[]): readonly Exchange[] {
  return [...exchanges].sort((one, two) => one.offset_ms - two.offset_ms || one.started_at - two.started_at)
}

function conversation(group: readonly Exchange[]): Conversation {
  const [first, last] = [group[0], group.at(-1)]
  if (!first || !last) throw new TypeError('a conversation has at least one exchange')
  const messages = group.flatMap(messagesOf)
  const bad = messages.find(({ message }) => isBad(messageState(message)))
  return {
    id: first.exchange_id,
    kind: kindOf(first, last),
    from: first.from,
    to: first.to,
    offsetMs: first.offset_ms,
    durationMs: (last.started_at - first.started_at) * 1_000 + last.duration_ms,
    state: bad ? messageState(bad.message) : endState(messages, last),
    code: bad?.message.code ?? null,
    messages,
  }
}

function kindOf({ kind }: Exchange, last: Exchange): ConversationKind {
  if (!isHandshakeKind(kind)) return kind
  return last.kind === 'manifest' ? 'manifest' : 'handshake'
}

/** A handshake is accepted when its last message was; before that it is not finished. */
function endState(messages: readonly SequenceMessage[], last: Exchange): MessageState {
  const states = messages.map(({ message }) => messageState(message))
  const finished = last.messages.some(({ direction }) => direction === 'response')
  const whole = last.kind !== 'hello' && !asksForProof(last)
  if (!finished || !whole || states.includes('pending')) return 'pending'
  if (states.includes('unpinned')) return 'unpinned'
  return states.includes('valid') ? 'valid' : 'unchecked'
}
