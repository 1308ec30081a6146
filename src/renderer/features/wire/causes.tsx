import { Button } from 'react-aria-components'
import type { RunEvent } from '../../../shared/events.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { offset } from '../../components/time.tsx'
import type { RunFacts } from '../run/run-facts.ts'
import { selectEvent } from '../run/select-event.ts'

interface CausesProps {
  readonly event: RunEvent
  readonly facts: RunFacts
}

/** What led to an event, and what it led to, as the log has it. */
export function Causes({ event, facts }: CausesProps) {
  const causes = event.cause_seq.flatMap((seq) => facts.events[seq - 1] ?? [])
  const effects = facts.events.filter(({ cause_seq }) => cause_seq.includes(event.seq))
  return (
    <>
      <Links title="What led to it" events={causes} facts={facts} />
      <Links title="What it led to" events={effects} facts={facts} />
    </>
  )
}

interface LinksProps {
  readonly title: string
  readonly events: readonly RunEvent[]
  readonly facts: RunFacts
}

function Links({ title, events, facts }: LinksProps) {
  if (events.length === 0) return null
  return (
    <section>
      <h3 className="summary-events">{title}</h3>
      <ul>
        {events.map((event) => (
          <li key={event.seq}>
            <Button className="link event-link" onPress={() => selectEvent(event, facts.exchanges)}>
              <span className="mono">{offset(event.offset_ms)}</span> {inPlainWords(event, facts.names)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
