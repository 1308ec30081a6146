import { memo } from 'react'
import { isTerminalEvent, type RunEvent } from '../../../shared/events.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { Mark } from '../../components/mark.tsx'
import { offset } from '../../components/time.tsx'
import { isFailure, laneOf } from './event-facts.ts'

export type Relation = 'selected' | 'cause' | 'effect' | 'none'

interface EventRowProps {
  readonly event: RunEvent
  readonly names: Names
  readonly position: number
  readonly total: number
  readonly top: number
  readonly index: number
  readonly measure: (element: HTMLElement | null) => void
  readonly relation: Relation
  readonly sameExchange: boolean
  readonly onSelect: () => void
}

export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { event, names, position, total, top, index, measure, relation, sameExchange, onSelect } = props
  const lane = laneOf(event)
  const failed = isFailure(event)
  const text = inPlainWords(event, names)
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys
    <div
      role="option"
      id={`event-${event.seq}`}
      aria-selected={relation === 'selected'}
      aria-posinset={position}
      aria-setsize={total}
      className={`event ${relation}${sameExchange ? ' same-exchange' : ''}${failed ? ' failed' : ''}`}
      ref={measure}
      data-index={index}
      style={{ top }}
      onClick={onSelect}
    >
      <span className="event-offset">{offset(event.offset_ms)}</span>
      <span className="event-lane">
        {lane === 'runner' ? <span className="muted">runner</span> : names.ofId(lane)}
      </span>
      <span className="event-mark">
        {failed ? <Mark state="refused" label="failure" /> : null}
        {isGood(event) ? <Mark state="valid" label="accepted" /> : null}
      </span>
      <span className="event-text">{text}</span>
      <span className="event-tail">
        {relation === 'cause' || relation === 'effect' ? (
          <span className="event-relation">{relation}</span>
        ) : null}
        {'stub' in event && event.stub ? <span className="chip">offline</span> : null}
        <code className="muted">{event.type}</code>
      </span>
    </div>
  )
})

/** Green only where something was verified or the whole is done. */
function isGood(event: RunEvent): boolean {
  if (isTerminalEvent(event)) return event.type === 'run.complete'
  return event.type === 'trust.established' || (event.type === 'gate.decided' && event.decision === 'allowed')
}
