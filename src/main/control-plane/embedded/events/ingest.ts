import { inTransaction } from '../../../store/database.ts'
import type { Context } from '../context.ts'
import { createDelegationProjection } from '../projections/delegations.ts'
import { createRevocationProjection } from '../projections/revocations.ts'
import { createSessionProjection } from '../projections/sessions.ts'
import { createTctProjection } from '../projections/tcts.ts'
import type { StoredEvent } from './event-bus.ts'
import type { EventStore } from './event-store.ts'
import type { NormalisedEvent } from './normalise.ts'

/**
 * Takes events in: stored, agents marked as seen, projected, and all of it committed before anybody is told
 * (control-plane.md §4.2). Gives those that were new.
 */
export type Ingest = (events: readonly NormalisedEvent[]) => StoredEvent[]

export function createIngest(
  { database, bus, log, now }: Pick<Context, 'database' | 'bus' | 'log' | 'now'>,
  store: EventStore,
): Ingest {
  const projections = [
    createSessionProjection(database),
    createTctProjection(database),
    createDelegationProjection(database),
    createRevocationProjection(database),
  ]
  const markSeen = database.prepare('UPDATE agents SET last_seen_at = ? WHERE aid = ?')

  function project(event: StoredEvent): void {
    for (const projection of projections) {
      try {
        projection(event)
      } catch (err) {
        // The event stays stored: what it would have shown can be made from it again.
        log.error({ err, id: event.id, type: event.type }, 'an event could not be projected')
      }
    }
  }

  return (events) => {
    const fresh = inTransaction(database, () => {
      const stored = events.map((event) => store.insert(event)).filter((event) => event !== null)
      // What the Control Plane itself tells of an agent is no sign of life.
      const told = stored.filter(({ source }) => source !== 'cp')
      const seen = new Set(told.flatMap(({ aidA, aidB }) => [aidA, aidB]))
      for (const aid of seen) if (aid !== null) markSeen.run(now(), aid)
      for (const event of stored) project(event)
      return stored
    })
    for (const event of fresh) bus.publish(event)
    return fresh
  }
}
