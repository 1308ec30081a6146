import { Empty } from '../../components/empty.tsx'
import { useRunView } from '../../store/run-view.ts'
import { messageKey } from '../run/message-state.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { chooseRow } from './choose-row.ts'
import { ConversationLine } from './conversation-line.tsx'
import { laneCentre, percent } from './layout.ts'
import { Lifelines } from './lifelines.tsx'
import { MessageRow } from './message-row.tsx'
import { rowsOf } from './sequence-rows.ts'
import { SequenceTable } from './sequence-table.tsx'
import { useTreeKeys } from './use-tree-keys.ts'
import './sequence.css'

/** The messages of a run between the agents' lifelines: each arrow is one capture, in order of capture. */
export function Sequence({ facts }: { readonly facts: RunFacts }) {
  const { participants, conversations, names, over } = facts
  const { selection, folds, asTable } = useRunView()
  const rows = rowsOf(conversations, folds, selection.exchangeId)
  const { onKeyDown, itemProps } = useTreeKeys(rows, chooseRow)

  if (conversations.length === 0)
    return over ? (
      <Empty title="No message was captured">
        <p className="muted">
          The run ended before any agent spoke to another. The timeline says what happened.
        </p>
      </Empty>
    ) : (
      <Empty title="No message yet">
        <p className="muted">
          Arrows appear here when agents start to speak; nothing is drawn ahead of its capture.
        </p>
      </Empty>
    )
  if (asTable.has('sequence')) return <SequenceTable facts={facts} />

  const selectedKey =
    selection.exchangeId === null ? null : messageKey(selection.exchangeId, selection.direction)
  return (
    <div className="sequence">
      <Lifelines participants={participants} end="top" />
      <div className="sequence-rows" role="tree" aria-label="Messages" onKeyDown={onKeyDown}>
        <div className="sequence-lines" aria-hidden="true">
          {participants.map(({ id }, index) => (
            <i key={id} style={{ left: percent(laneCentre(index, participants.length)) }} />
          ))}
        </div>
        {rows.map((row) =>
          row.kind === 'conversation' ? (
            <ConversationLine key={row.key} row={row} names={names} itemProps={itemProps(row)} />
          ) : (
            <MessageRow
              key={row.key}
              row={row}
              participants={participants}
              names={names}
              selected={row.key === selectedKey}
              itemProps={itemProps(row)}
            />
          ),
        )}
      </div>
      <Lifelines participants={participants} end="bottom" />
    </div>
  )
}
