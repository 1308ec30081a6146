import type { Names } from '../../../shared/narration/names.ts'
import { Mark } from '../../components/mark.tsx'
import { relativeTime, useNow } from '../../components/time.tsx'
import { lifeOf, type Ticket } from './tickets.ts'

interface TicketProps {
  readonly ticket: Ticket
  readonly names: Names
}

export function TicketMark({ ticket, names }: TicketProps) {
  const now = useNow()
  const { left, state } = lifeOf(ticket, now)
  return (
    <span className={`ticket ${state}`}>
      <span className="ticket-line">
        <Mark state={state} label={state} />
        TCT issued by {names.ofId(ticket.issuer)}
      </span>
      <span className="ticket-grants">
        {ticket.grants.map((grant) => (
          <code key={grant}>{grant}</code>
        ))}
      </span>
      <span className="ticket-line">
        <span className="ticket-life">
          <i style={{ width: `${left * 100}%` }} />
        </span>
        <span className="muted">
          {state === 'expired' ? 'expired' : 'expires'} {relativeTime(ticket.expiresAt, now)}
        </span>
      </span>
    </span>
  )
}
