import { useMemo } from 'react'
import { duration } from '../../../shared/duration.ts'
import type { RunEvent } from '../../../shared/events.ts'
import { isFailure } from './event-facts.ts'

interface DensityProps {
  readonly events: readonly RunEvent[]
  readonly count: number
}

const slots = 48

interface Slot {
  readonly at: number
  readonly events: number
  readonly failures: number
}

/** How many events happened when, over the whole run; failures in red. The list below says the same in words. */
export function Density({ events, count }: DensityProps) {
  const found = useMemo(() => slotsOf(events.slice(0, count)), [events, count])
  const most = Math.max(1, ...found.map((slot) => slot.events))
  const end = events.at(-1)?.offset_ms ?? 0
  if (count < 2) return null
  return (
    <div className="density" aria-hidden="true">
      <svg aria-hidden="true" viewBox={`0 0 ${slots} 20`} preserveAspectRatio="none">
        {found.map(({ at, events: number, failures }) => {
          const height = number === 0 ? 0 : Math.max(2, (number / most) * 20)
          return (
            <rect
              key={at}
              x={at + 0.1}
              width={0.8}
              y={20 - height}
              height={height}
              className={failures > 0 ? 'failed' : ''}
            />
          )
        })}
      </svg>
      <span className="muted">{duration(end)}</span>
    </div>
  )
}

function slotsOf(events: readonly RunEvent[]): readonly Slot[] {
  const end = Math.max(1, events.at(-1)?.offset_ms ?? 1)
  const found = Array.from({ length: slots }, (_, at) => ({ at, events: 0, failures: 0 }))
  for (const event of events) {
    const slot = found[Math.min(slots - 1, Math.max(0, Math.floor((event.offset_ms / end) * slots)))]
    if (!slot) continue
    slot.events += 1
    if (isFailure(event)) slot.failures += 1
  }
  return found
}
