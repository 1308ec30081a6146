import type { Settings } from '../settings.ts'

/** How a receiver has been doing (control-plane.md §6.1); times are Unix milliseconds. */
export interface BreakerSnapshot {
  readonly state: 'closed' | 'open' | 'half_open'
  readonly failures: number
  readonly consecutiveSuccesses: number
  readonly openedAt: number | null
  /** Only while open. */
  readonly nextProbeAt: number | null
}

/** Stops knocking at receivers that keep failing. In memory: a restart gives each a fresh chance. */
export interface Breakers {
  /** `true` when an attempt may be made now, else when to ask again. Every `true` needs a `report` or a `giveUp`. */
  admit(webhookId: string): true | number
  report(webhookId: string, outcome: 'success' | 'failure'): void
  /** The attempt was not made after all: somebody else may probe. */
  giveUp(webhookId: string): void
  snapshot(webhookId: string): BreakerSnapshot
  reset(webhookId: string): BreakerSnapshot
  /** How many are in a state. */
  count(state: 'open' | 'half_open'): number
}

interface Breaker {
  failures: number
  consecutiveSuccesses: number
  openedAt: number | null
  isProbing: boolean
}

export function createBreakers(
  { breakerThreshold, breakerResetMs }: Settings['webhooks'],
  now: () => number,
): Breakers {
  const breakers = new Map<string, Breaker>()

  function of(webhookId: string): Breaker {
    const known = breakers.get(webhookId)
    if (known !== undefined) return known
    const fresh = { failures: 0, consecutiveSuccesses: 0, openedAt: null, isProbing: false }
    breakers.set(webhookId, fresh)
    return fresh
  }

  const stateOf = ({ openedAt, isProbing }: Breaker): BreakerSnapshot['state'] =>
    openedAt === null ? 'closed' : isProbing || now() >= openedAt + breakerResetMs ? 'half_open' : 'open'

  function snapshot(webhookId: string): BreakerSnapshot {
    // Asked about a webhook that nobody knows, it says what a new one would be (D-22).
    const breaker = breakers.get(webhookId)
    if (breaker === undefined)
      return { state: 'closed', failures: 0, consecutiveSuccesses: 0, openedAt: null, nextProbeAt: null }
    const { failures, consecutiveSuccesses, openedAt } = breaker
    const state = stateOf(breaker)
    const nextProbeAt = state === 'open' && openedAt !== null ? openedAt + breakerResetMs : null
    return { state, failures, consecutiveSuccesses, openedAt, nextProbeAt }
  }

  return {
    snapshot,
    admit(webhookId) {
      const breaker = of(webhookId)
      if (breaker.openedAt === null) return true
      const probeAt = breaker.openedAt + breakerResetMs
      if (breaker.isProbing || now() < probeAt) return Math.max(probeAt, now())
      breaker.isProbing = true
      return true
    },
    report(webhookId, outcome) {
      const breaker = of(webhookId)
      breaker.isProbing = false
      if (outcome === 'success') {
        breaker.consecutiveSuccesses += 1
        breaker.failures = 0
        breaker.openedAt = null
        return
      }
      breaker.consecutiveSuccesses = 0
      breaker.failures += 1
      if (breaker.openedAt !== null || breaker.failures >= breakerThreshold) breaker.openedAt = now()
    },
    giveUp(webhookId) {
      of(webhookId).isProbing = false
    },
    reset(webhookId) {
      breakers.delete(webhookId)
      return snapshot(webhookId)
    },
    count: (state) => [...breakers.values()].filter((breaker) => stateOf(breaker) === state).length,
  }
}
