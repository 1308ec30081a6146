import { useEffect, useRef } from 'react'
import { duration } from '../../../shared/duration.ts'
import type { Names } from '../../../shared/narration/names.ts'
import { reveal } from '../../components/reveal.ts'
import { offset } from '../../components/time.tsx'
import type { Participant } from '../run/participants.ts'
import { Arrow } from './arrow.tsx'
import { chooseRow } from './choose-row.ts'
import type { ItemProps } from './conversation-line.tsx'
import { indexOf, laneCentre, percent } from './layout.ts'
import type { SequenceRow } from './sequence-rows.ts'
import { TicketMark } from './ticket-mark.tsx'
import { ticketsOf } from './tickets.ts'

interface MessageRowProps {
  readonly row: Extract<SequenceRow, { kind: 'message' }>
  readonly participants: readonly Participant[]
  readonly names: Names
  readonly selected: boolean
  readonly itemProps: ItemProps
}

export function MessageRow({ row, participants, names, selected, itemProps }: MessageRowProps) {
  const { message, exchange } = row.item
  const tickets = ticketsOf(message)
  const element = useRef<HTMLElement>(null)
  // What was selected elsewhere comes into view here.
  useEffect(() => {
    if (selected) reveal(element.current, 'nearest')
  }, [selected])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it handles the keys
    <div
      role="treeitem"
      tabIndex={itemProps.tabIndex}
      onFocus={itemProps.onFocus}
      ref={(own) => {
        element.current = own
        itemProps.ref(own)
      }}
      aria-level={2}
      aria-selected={selected}
      className="message-row"
      onClick={() => chooseRow(row)}
    >
      <span className="sequence-gutter">
        {message.direction === 'request' ? offset(exchange.offset_ms) : `+${duration(exchange.duration_ms)}`}
      </span>
      <span className="message-lanes">
        <Arrow item={row.item} participants={participants} names={names} />
        {tickets.map((ticket) => (
          <span
            key={ticket.jti}
            className="ticket-place"
            style={{
              left: percent(laneCentre(indexOf(ticket.holder, participants), participants.length)),
              maxWidth: percent(1 / participants.length),
            }}
          >
            <TicketMark ticket={ticket} names={names} />
          </span>
        ))}
      </span>
    </div>
  )
}
