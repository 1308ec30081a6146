import { useMemo } from 'react'
import { useNow } from '../../components/time.tsx'
import { type Selection, useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import type { Token } from './trust.ts'
import { trustFacts } from './trust-facts.ts'
import { type TrustState, trustState } from './trust-state.ts'
import { unpinnedPairs } from './unpinned.ts'

/** What the lens shows, and of which moment. The same object until something in it changes. */
export interface TrustView {
  readonly state: TrustState
  /** The last event that is taken into account; `null` for all there are, at this very moment. */
  readonly upTo: number | null
  /** Milliseconds since the epoch; `null` for now. */
  readonly momentMs: number | null
  /** No further event will come after those that are shown. */
  readonly over: boolean
  /** Pairs, by key, whose holder had nothing to compare the issuer's identity with. */
  readonly unpinned: ReadonlySet<string>
}

export function useTrust(facts: RunFacts): TrustView {
  const { selection, trustAtSelection } = useRunView()
  const upTo = trustAtSelection ? selectedSeq(facts, selection) : null
  const told = useMemo(
    () => trustFacts(upTo === null ? facts.events : facts.events.slice(0, upTo)),
    [facts, upTo],
  )
  const event = upTo === null ? undefined : facts.events[upTo - 1]
  const momentMs = event ? event.ts * 1_000 : null
  const lastExpiry = useLastExpiry(told.tokens, momentMs)
  return useMemo(
    () => ({
      state: trustState(told, lastExpiry),
      upTo,
      momentMs,
      over: facts.over && upTo === null,
      unpinned: unpinnedPairs(facts.conversations),
    }),
    [facts, told, lastExpiry, upTo, momentMs],
  )
}

/** The moment that is shown, milliseconds since the epoch, moving where that is now. */
export function useMoment({ momentMs }: TrustView): number {
  const now = useNow()
  return momentMs ?? now
}

/** Unix seconds: nothing but an expiry changes with the clock. */
function useLastExpiry(tokens: readonly Token[], momentMs: number | null): number {
  const now = useNow()
  const seconds = (momentMs ?? now) / 1_000
  return tokens.reduce((last, { expiresAt }) => (expiresAt <= seconds ? Math.max(last, expiresAt) : last), 0)
}

/** The selected event; of a selected message, the last event that tells of it. */
function selectedSeq({ events }: RunFacts, { eventSeq, exchangeId }: Selection): number | null {
  if (eventSeq !== null) return eventSeq <= events.length ? eventSeq : null
  if (exchangeId === null) return null
  return events.findLast(({ exchange_id }) => exchange_id === exchangeId)?.seq ?? null
}
