import type { SequenceMessage } from '../run/message-state.ts'
import { isBad } from '../run/message-state.ts'
import type { Conversation } from './conversations.ts'

export type SequenceRow =
  | {
      readonly kind: 'conversation'
      readonly key: string
      readonly conversation: Conversation
      readonly folded: boolean
    }
  | {
      readonly kind: 'message'
      readonly key: string
      readonly conversation: Conversation
      readonly item: SequenceMessage
    }

/** Beyond this many, conversations start folded into one line each. */
const mostOpen = 4
/** What agents ask of a Control Plane by themselves starts folded: it is not what the run is about. */
const aside: readonly Conversation['kind'][] = ['enroll', 'revocation_list']

/** What is shown, from top to bottom. A conversation in which something went wrong is never folded for the reader. */
export function rowsOf(
  conversations: readonly Conversation[],
  folds: ReadonlyMap<string, boolean>,
  selectedExchange: string | null,
): readonly SequenceRow[] {
  const many = conversations.filter(({ kind }) => !aside.includes(kind)).length > mostOpen
  return conversations.flatMap((conversation) => {
    const selected = conversation.messages.some(({ exchange }) => exchange.exchange_id === selectedExchange)
    const startsFolded = many || aside.includes(conversation.kind)
    const folded = folds.get(conversation.id) ?? (startsFolded && !isBad(conversation.state) && !selected)
    const head = { kind: 'conversation', key: conversation.id, conversation, folded } as const
    if (folded) return [head]
    return [
      head,
      ...conversation.messages.map(
        (item) => ({ kind: 'message', key: item.key, conversation, item }) as const,
      ),
    ]
  })
}
