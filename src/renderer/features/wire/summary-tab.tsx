import { Button } from 'react-aria-components'
import { duration } from '../../../shared/duration.ts'
import { inPlainWords } from '../../../shared/narration/plain.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Mark } from '../../components/mark.tsx'
import { offset, Time } from '../../components/time.tsx'
import { setLens } from '../../store/run-view.ts'
import { GateStrip, gateEvents } from '../gate/gate-strip.tsx'
import { MiniLadder } from '../ladder/mini-ladder.tsx'
import { messageState, tally } from '../run/message-state.ts'
import { selectEvent } from '../run/select-event.ts'
import { bytesText } from './captures.ts'
import { Fact, FactsList } from './facts-list.tsx'
import type { WireProps } from './wire-props.ts'

export function SummaryTab({ exchange, message, facts }: WireProps) {
  const { names, events, exchanges } = facts
  const capture = exchange.client ?? exchange.server
  const { decided, invoked } = gateEvents(events, exchange.exchange_id)
  return (
    <>
      <p className="summary-sentence">{summary({ exchange, message, facts })}</p>
      {decided ? <GateStrip decided={decided} invoked={invoked} callee={names.ofId(exchange.to)} /> : null}
      <FactsList>
        {message.verdict && messageState(message) !== 'unchecked' ? (
          <Fact name="Checks">
            <MiniLadder report={message.verdict.report} />
          </Fact>
        ) : null}
        {exchange.disputed ? (
          <Fact name="Disputed">
            <Mark state="unpinned" /> Two agents say that they were the same side of this exchange; neither is
            believed.
          </Fact>
        ) : null}
        <Fact name="Captured">
          {offset(exchange.offset_ms)} s after the start, <Time seconds={exchange.started_at} />
        </Fact>
        <Fact name="Took">
          {message.direction === 'request' && exchange.status === null
            ? 'no answer'
            : duration(exchange.duration_ms)}
        </Fact>
        <Fact name="Size">{bytesText(message.bytes)}</Fact>
        {capture ? (
          <Fact name="Address">
            <code>
              {capture.request.method} {capture.request.url}
            </code>
          </Fact>
        ) : null}
        <Fact name="Seen by">{seenBy({ exchange, message, facts })}</Fact>
        {exchange.session_id === null ? null : (
          <Fact name="Session">
            <code>{exchange.session_id}</code>
            <CopyButton text={exchange.session_id} what="the session id" />
          </Fact>
        )}
        <Fact name="Exchange">
          <code>{exchange.exchange_id}</code>
          <CopyButton text={exchange.exchange_id} what="the exchange id" />
        </Fact>
      </FactsList>
      <h3 className="summary-events">Events that name this exchange</h3>
      {exchange.event_seqs.length === 0 ? <p className="muted">None.</p> : null}
      <ul>
        {exchange.event_seqs.map((seq) => {
          const event = events[seq - 1]
          return event ? (
            <li key={seq}>
              <Button
                className="link event-link"
                onPress={() => {
                  setLens('timeline')
                  selectEvent(event, exchanges)
                }}
              >
                <span className="mono">{offset(event.offset_ms)}</span> {inPlainWords(event, names)}
              </Button>
            </li>
          ) : null
        })}
      </ul>
    </>
  )
}

function summary({ message, facts: { names } }: WireProps): string {
  const to = names.ofId(message.to)
  const checks = message.verdict ? tally(message.verdict.report) : null
  switch (messageState(message)) {
    case 'refused':
      return checks?.failed
        ? `${to} refused it because the check “${checks.failed.title}” failed.`
        : `${to} refused it.`
    case 'lost':
      return `It was sent, and ${to} never answered.`
    case 'pending':
      return `It is on its way; ${to} has not reported it.`
    case 'unchecked':
      return `${to} received it. There is nothing in it that could be verified.`
    case 'unpinned':
      return `${to} accepted it, but had no pin to compare the identity with.`
    case 'valid':
      return `${to} verified and accepted it: ${checks?.passed} of ${checks?.total} checks passed${checks && checks.passed < checks.total ? ', the others were skipped' : ''}.`
  }
}

function seenBy({ exchange, facts: { names } }: WireProps): string {
  const sides = [exchange.client, exchange.server].flatMap((capture) =>
    capture ? [`${names.ofId(capture.agent_id)} (${capture.side})`] : [],
  )
  return sides.join(' and ')
}
