import { useVirtualizer } from '@tanstack/react-virtual'
import { Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button, Input, Label, SearchField } from 'react-aria-components'
import type { RunEvent } from '../../../shared/events.ts'
import { Empty } from '../../components/empty.tsx'
import { useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { selectEvent } from '../run/select-event.ts'
import { Density } from './density.tsx'
import { EventRow, type Relation } from './event-row.tsx'
import { useFilteredEvents } from './use-filtered-events.ts'
import './timeline.css'

const rowHeight = 36

/** The log of a run, one line an event, however many there are. */
export function Timeline({ facts }: { readonly facts: RunFacts }) {
  const { events, names, exchanges, over } = facts
  const { selection, filter } = useRunView()
  const shown = useFilteredEvents(events, events.length, filter, names)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const selected = events[(selection.eventSeq ?? 0) - 1]
  const index = shown.findIndex(({ seq }) => seq === selection.eventSeq)
  const [cursor, setCursor] = useState(0)
  const at = Math.min(index >= 0 ? index : cursor, Math.max(0, shown.length - 1))

  // What was selected elsewhere comes into view here.
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [virtual, index])

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: at + (index >= 0 ? 1 : 0),
      ArrowUp: at - 1,
      Home: 0,
      End: shown.length - 1,
      PageDown: at + 12,
      PageUp: at - 12,
    }
    const to = moves[event.key]
    if (to === undefined || shown.length === 0) return
    event.preventDefault()
    const next = Math.max(0, Math.min(shown.length - 1, to))
    const target = shown[next]
    setCursor(next)
    if (target) selectEvent(target, exchanges)
  }

  return (
    <div className="timeline">
      <div className="timeline-head">
        <SearchField
          className="search timeline-filter"
          value={filter}
          onChange={(text) => useRunView.setState({ filter: text })}
        >
          <Label className="visually-hidden">Filter events</Label>
          <Search size={16} aria-hidden />
          <Input className="input" placeholder="Filter by type, agent or text" />
          <kbd className="shortcut search-shortcut">/</kbd>
          <Button className="button plain tiny search-clear" aria-label="Clear the filter">
            <X size={16} aria-hidden />
          </Button>
        </SearchField>
        <span role="status" className="muted">
          {shown.length} of {events.length} events
        </span>
        <Density events={events} count={events.length} />
      </div>
      {shown.length === 0 ? <NoEvents filtered={filter !== ''} over={over} /> : null}
      <div
        ref={scroller}
        className="timeline-rows content"
        role="listbox"
        aria-label="Events"
        tabIndex={0}
        aria-activedescendant={shown[at] ? `event-${shown[at].seq}` : undefined}
        onKeyDown={onKeyDown}
        hidden={shown.length === 0}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const event = shown[item.index]
            return event ? (
              <EventRow
                key={event.seq}
                event={event}
                names={names}
                position={item.index + 1}
                total={shown.length}
                top={item.start}
                index={item.index}
                measure={virtual.measureElement}
                relation={relationOf(event, selected)}
                sameExchange={event.exchange_id !== undefined && event.exchange_id === selection.exchangeId}
                onSelect={() => selectEvent(event, exchanges)}
              />
            ) : null
          })}
        </div>
      </div>
    </div>
  )
}

function relationOf(event: RunEvent, selected: RunEvent | undefined): Relation {
  if (!selected) return 'none'
  if (event.seq === selected.seq) return 'selected'
  if (selected.cause_seq.includes(event.seq)) return 'cause'
  return event.cause_seq.includes(selected.seq) ? 'effect' : 'none'
}

function NoEvents({ filtered, over }: { readonly filtered: boolean; readonly over: boolean }) {
  if (filtered)
    return (
      <Empty title="No event matches the filter">
        <Button className="button" onPress={() => useRunView.setState({ filter: '' })}>
          Show every event
        </Button>
      </Empty>
    )
  return <Empty title={over ? 'Nothing was recorded' : 'No event yet'} />
}
