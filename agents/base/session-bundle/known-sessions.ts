/** What session bundles said that this agent has accepted: one session never has two contents. */
export interface KnownSessions {
  /** The content hash of a session of this coordinator; `undefined` when none is known. */
  contentOf(coordinator: string, sessionId: string): string | undefined
  keep(session: {
    readonly coordinator: string
    readonly sessionId: string
    readonly contentHash: string
    /** Unix seconds; an expired bundle is refused in any case. */
    readonly expiresAt: number
  }): void
}

const mostKept = 1_000

export function createKnownSessions(): KnownSessions {
  const contents = new Map<string, { readonly contentHash: string; readonly expiresAt: number }>()
  const keyOf = (coordinator: string, sessionId: string) => `${coordinator} ${sessionId}`
  return {
    contentOf: (coordinator, sessionId) => contents.get(keyOf(coordinator, sessionId))?.contentHash,
    keep({ coordinator, sessionId, contentHash, expiresAt }) {
      contents.set(keyOf(coordinator, sessionId), { contentHash, expiresAt })
      if (contents.size <= mostKept) return
      const [soonest] = [...contents].sort(([, one], [, other]) => one.expiresAt - other.expiresAt)
      if (soonest !== undefined) contents.delete(soonest[0])
    },
  }
}
