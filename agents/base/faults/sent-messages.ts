import type { Outgoing } from '../outgoing.ts'

/** The last message of each kind that went to each address as it should, for sending it once more. */
export interface SentMessages {
  keep(message: Outgoing): void
  /** Whatever key the peer has there now. */
  last(message: Pick<Outgoing, 'kind' | 'url'>): Outgoing | undefined
}

const mostKept = 200

export function createSentMessages(): SentMessages {
  const messages = new Map<string, Outgoing>()
  const keyOf = ({ kind, url }: Pick<Outgoing, 'kind' | 'url'>) => `${kind} ${new URL(url).origin}`
  return {
    keep(message) {
      // A call without a token shows nothing that could be used again.
      if (message.kind === 'capability' && message.headers?.['x-aitp-tct'] === undefined) return
      messages.set(keyOf(message), message)
      const [oldest] = messages.keys()
      if (messages.size > mostKept && oldest !== undefined) messages.delete(oldest)
    },
    last: (message) => messages.get(keyOf(message)),
  }
}
