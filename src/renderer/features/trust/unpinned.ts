import { messageState } from '../run/message-state.ts'
import type { Conversation } from '../sequence/conversations.ts'
import { pairKey } from './trust.ts'

/** Who accepted a handshake with whom without a pin to compare with: the token is valid, its issuer unknown. */
export function unpinnedPairs(conversations: readonly Conversation[]): ReadonlySet<string> {
  return new Set(
    conversations
      .filter(({ kind }) => kind === 'handshake')
      .flatMap(({ messages }) => messages)
      .filter(({ message }) => messageState(message) === 'unpinned')
      .map(({ message }) => pairKey({ holder: message.to, issuer: message.from })),
  )
}
