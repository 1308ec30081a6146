import { Button } from 'react-aria-components'
import { Mark } from '../../components/mark.tsx'
import { offset } from '../../components/time.tsx'
import { select, useRunView } from '../../store/run-view.ts'
import { markOf, messageKey, messageState, outcomeWord, tallyWords } from '../run/message-state.ts'
import type { RunFacts } from '../run/run-facts.ts'

/** The same messages as rows of a table, for whoever reads tables better than drawings. */
export function SequenceTable({ facts: { conversations, names } }: { readonly facts: RunFacts }) {
  const { selection } = useRunView()
  const selectedKey =
    selection.exchangeId === null ? null : messageKey(selection.exchangeId, selection.direction)
  return (
    <table className="table sequence-table">
      <caption className="visually-hidden">Messages in order of capture</caption>
      <thead>
        <tr>
          <th scope="col">Offset</th>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">Message</th>
          <th scope="col">Outcome</th>
          <th scope="col">Checks</th>
        </tr>
      </thead>
      <tbody>
        {conversations
          .flatMap(({ messages }) => messages)
          .map(({ key, exchange, message }) => {
            const state = messageState(message)
            const report = state === 'unchecked' ? null : (message.verdict?.report ?? null)
            return (
              <tr key={key} aria-selected={key === selectedKey}>
                <td className="mono">{offset(exchange.offset_ms)}</td>
                <td>{names.ofId(message.from)}</td>
                <td>{names.ofId(message.to)}</td>
                <td>
                  <Button
                    className="link mono"
                    onPress={() => select({ exchangeId: exchange.exchange_id, direction: message.direction })}
                  >
                    {message.kind}
                  </Button>
                </td>
                <td>
                  <Mark state={markOf(state)} /> {outcomeWord(message)}{' '}
                  {message.code === null ? null : <code className="tone-refused">{message.code}</code>}
                </td>
                <td>{report ? tallyWords(report) : <span className="muted">none</span>}</td>
              </tr>
            )
          })}
      </tbody>
    </table>
  )
}
