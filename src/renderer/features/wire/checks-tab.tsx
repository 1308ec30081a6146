import { Button } from 'react-aria-components'
import { Empty } from '../../components/empty.tsx'
import { Mark } from '../../components/mark.tsx'
import { select, setTab } from '../../store/run-view.ts'
import { GateStrip, gateEvents } from '../gate/gate-strip.tsx'
import { Ladder } from '../ladder/ladder.tsx'
import { isBad, messageState } from '../run/message-state.ts'
import type { WireProps } from './wire-props.ts'

export function ChecksTab({ exchange, message, facts }: WireProps) {
  const { names, events } = facts
  const { decided, invoked } = gateEvents(events, exchange.exchange_id)
  return (
    <>
      {decided && message.direction === 'request' ? (
        <GateStrip decided={decided} invoked={invoked} callee={names.ofId(exchange.to)} />
      ) : null}
      {message.verdict && messageState(message) !== 'unchecked' ? (
        <Ladder report={message.verdict.report} reportedBy={names.ofId(message.verdict.reported_by)} />
      ) : (
        <NoLadder exchange={exchange} message={message} facts={facts} />
      )}
    </>
  )
}

function NoLadder({ exchange, message, facts: { names } }: WireProps) {
  const other = exchange.messages.find(
    (candidate) => candidate.direction !== message.direction && isBad(messageState(candidate)),
  )
  const failure = exchange.client?.error ?? exchange.server?.error ?? null
  switch (messageState(message)) {
    case 'pending':
      return (
        <Empty title="Not checked yet">
          <p className="muted">{names.ofId(message.to)} has not reported what it made of this message.</p>
        </Empty>
      )
    case 'lost':
      return (
        <Empty title="It was never checked">
          <p>
            <Mark state="refused" /> {names.ofId(message.to)} did not answer.
          </p>
          {failure ? (
            <p className="muted">
              {failure.message} <code>{failure.code}</code>
            </p>
          ) : null}
        </Empty>
      )
    case 'refused':
      return (
        <Empty title="Refused, without a list of checks">
          <p className="muted">
            {names.ofId(message.to)} answered <code>{message.code}</code> and reported no checks.
          </p>
        </Empty>
      )
    default:
      return (
        <Empty title="There was nothing to check">
          <p className="muted">This message carries no signature, so nothing in it was verified.</p>
          {other ? (
            <Button
              className="button"
              onPress={() => {
                select({ exchangeId: exchange.exchange_id, direction: other.direction })
                setTab('checks')
              }}
            >
              Why {other.kind} was refused
            </Button>
          ) : null}
        </Empty>
      )
  }
}
