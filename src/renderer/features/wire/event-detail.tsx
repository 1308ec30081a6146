import type { RunEvent } from '../../../shared/events.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Mark } from '../../components/mark.tsx'
import { offset, Time } from '../../components/time.tsx'
import type { RunFacts } from '../run/run-facts.ts'
import { isFailure, laneOf } from '../timeline/event-facts.ts'
import { Causes } from './causes.tsx'
import { Fact, FactsList } from './facts-list.tsx'

const stamp = ['type', 'seq', 'ts', 'offset_ms', 'run_id', 'source', 'agent_id', 'cause_seq', 'exchange_id']

/** An event that is about no message. */
export function EventDetail({ event, facts }: { readonly event: RunEvent; readonly facts: RunFacts }) {
  const own = Object.entries(event).filter(([name]) => !stamp.includes(name))
  return (
    <>
      <header className="inspector-head">
        <p className="mono muted">{event.type}</p>
        <h2 className="event-sentence">
          {isFailure(event) ? <Mark state="refused" label="Failure." /> : null}{' '}
          {inPlainWords(event, facts.names)}
        </h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div className="inspector-panel tab-panel content" tabIndex={0}>
        <FactsList>
          <Fact name="Place">number {event.seq} in the log</Fact>
          <Fact name="Offset">{offset(event.offset_ms)} s by the clock of the console</Fact>
          <Fact name="Time">
            <Time seconds={event.ts} /> by the clock of{' '}
            {event.source === 'runner' ? 'the console' : facts.names.ofId(laneOf(event))}
          </Fact>
          <Fact name="Reported by">
            {event.source === 'runner' ? 'the runner' : facts.names.ofId(event.agent_id ?? 'an agent')}
          </Fact>
          {own.map(([name, value]) => (
            <Fact key={name} name={name}>
              <Member name={name} value={value} />
            </Fact>
          ))}
        </FactsList>
        <Causes event={event} facts={facts} />
      </div>
    </>
  )
}

function Member({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (name === 'expires_at' && typeof value === 'number') return <Time seconds={value} />
  const simple = typeof value !== 'object' || value === null
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, simple ? 0 : 2)
  return (
    <>
      <code className="event-value">{text}</code>
      <CopyButton text={text} what={name} />
    </>
  )
}
