import { useMemo } from 'react'
import type { RunEvent } from '../../../shared/events.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { laneOf } from './event-facts.ts'

/** Events whose type, agent or sentence contains the text. `count` is what tells that the log grew. */
export function useFilteredEvents(
  events: readonly RunEvent[],
  count: number,
  filter: string,
  names: Names,
): readonly RunEvent[] {
  return useMemo(() => {
    const known = events.slice(0, count)
    const wanted = filter.trim().toLowerCase()
    if (wanted === '') return known
    return known.filter((event) =>
      `${event.type}\n${laneOf(event)}\n${names.ofId(laneOf(event))}\n${inPlainWords(event, names)}`
        .toLowerCase()
        .includes(wanted),
    )
  }, [events, count, filter, names])
}
