import { Button } from 'react-aria-components'
import { cutMiddle } from '../../../shared/cut.ts'
import type { Names } from '../../../shared/narration/names.ts'
import type { ProjectionRow, SentBatch } from '../../../shared/projections.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Mark, toneOf } from '../../components/mark.tsx'
import { absoluteTime } from '../../components/time.tsx'
import { batchLook, differenceLooks, eventsOf, kindNames } from './looks.ts'
import { Thing, Value } from './thing.tsx'

interface ProjectionRowProps {
  readonly row: ProjectionRow
  readonly names: Names
  readonly isSelected: boolean
  /** `null` where no event of the run tells of it. */
  readonly onSelect: (() => void) | null
}

export function ProjectionLine({ row, names, isSelected, onSelect }: ProjectionRowProps) {
  const { kind, id, local, sent, shown, difference, members, explanation } = row
  const { state, word } = differenceLooks[difference]
  return (
    <tr aria-selected={isSelected} data-difference={difference}>
      <th scope="row">
        {onSelect === null ? (
          kindNames[kind]
        ) : (
          <Button className="link" onPress={onSelect}>
            {kindNames[kind]}
          </Button>
        )}
        <span className="cut block">
          <span title={id}>{cutMiddle(id, 8, 4)}</span>
          <CopyButton text={id} what={`the id of this ${kindNames[kind].toLowerCase()}`} />
        </span>
      </th>
      <td data-column="What happened">
        {local === null ? (
          <span className="muted">Nothing in this log</span>
        ) : (
          <>
            <Thing kind={kind} members={local} without={members} names={names} />
            <Differing members={members} of={local} names={names} />
          </>
        )}
      </td>
      <td data-column="What was sent">
        {sent === null ? <span className="muted">Nothing</span> : <Sent batch={sent} />}
      </td>
      <td data-column="What is shown">
        {shown === null ? (
          <span className="muted">Nothing</span>
        ) : (
          <>
            <Thing kind={kind} members={shown} without={members} names={names} />
            <Differing members={members} of={shown} names={names} />
          </>
        )}
      </td>
      <td data-column="Difference">
        <span className={`state difference tone-${toneOf(state)}`}>
          <Mark state={state} /> {word}
        </span>
        <span className="block small">{explanation}</span>
      </td>
    </tr>
  )
}

function Sent({ batch }: { readonly batch: SentBatch }) {
  const { state, word } = batchLook(batch)
  return (
    <>
      <span className="state">
        <Mark state={state} /> {word}
      </span>
      <span className="block small muted" title={absoluteTime(batch.sent_at)}>
        with {eventsOf(batch)}
      </span>
    </>
  )
}

interface DifferingProps {
  readonly members: readonly string[]
  readonly of: Readonly<Record<string, unknown>>
  readonly names: Names
}

/** The members that are told otherwise on the two sides, one under the other in the same order. */
function Differing({ members, of, names }: DifferingProps) {
  if (members.length === 0) return null
  return (
    <dl className="differing">
      {members.map((member) => (
        <div key={member}>
          <dt>
            <code>{member}</code>
          </dt>
          <dd>
            <Value value={of[member]} names={names} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
