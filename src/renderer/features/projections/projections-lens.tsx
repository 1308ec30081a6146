import { ToggleButton } from 'react-aria-components'
import type { Projections } from '../../../shared/projections.ts'
import { useProjections } from '../../api/control-plane-queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { Mark } from '../../components/mark.tsx'
import { useRunView } from '../../store/run-view.ts'
import type { RunFacts } from '../run/run-facts.ts'
import { selectEvent } from '../run/select-event.ts'
import { batchLook, eventsOf } from './looks.ts'
import { ProjectionLine } from './projection-row.tsx'
import './projections.css'

/** What happened in a run, what was sent of it, and what its Control Plane shows. */
export function ProjectionsLens({ facts }: { readonly facts: RunFacts }) {
  const { data, error, isPending, refetch } = useProjections(facts.runId)
  if (isPending) return <Loading what="what the Control Plane shows" rows={6} />
  if (error)
    return (
      <Failed
        title="What the Control Plane shows could not be read"
        error={error}
        onRetry={() => void refetch()}
      />
    )
  if (data.cp === 'off')
    return (
      <Empty title="This run has no Control Plane">
        <p className="muted">Nothing of it was reported, and its steps that need one were skipped.</p>
      </Empty>
    )
  if (!data.cp_enabled)
    return (
      <Empty title="Nobody is asked about this run">
        <p className="muted">It came from a file, or its Control Plane is not there any more.</p>
      </Empty>
    )
  return (
    <div className="projections">
      <Taken projections={data} over={facts.over} />
      {data.reachable ? (
        <Rows projections={data} facts={facts} />
      ) : (
        <Empty title="The Control Plane of this run does not answer">
          <p className="muted">
            What happened and what was sent is kept here; what <code>{data.cp}</code> shows is asked for again
            every few seconds.
          </p>
        </Empty>
      )}
    </div>
  )
}

interface TakenProps {
  readonly projections: Projections
  readonly over: boolean
}

function Taken({ projections: { event_count, taken_count, batches }, over }: TakenProps) {
  const untaken = batches.filter(({ status }) => status === null || status >= 300)
  return (
    <div className="taken">
      <p role="status">
        <Mark state={taken_count === event_count ? 'valid' : over ? 'refused' : 'pending'} />
        <strong>
          {taken_count} of {event_count} events taken
        </strong>
        <span className="muted">
          in {batches.length === 1 ? '1 batch' : `${batches.length} batches`}
          {over ? '' : '; the run goes on, and so does its report'}
        </span>
      </p>
      {untaken.length === 0 ? null : (
        <ul aria-label="Batches that were not taken">
          {untaken.map((batch) => {
            const { state, word } = batchLook(batch)
            return (
              <li key={batch.first_seq}>
                <Mark state={state} /> {eventsOf(batch)}: {word}
                {batch.error === null ? '' : `, ${batch.error}`}
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}

interface RowsProps {
  readonly projections: Projections
  readonly facts: RunFacts
}

function Rows({ projections: { rows }, facts: { events, exchanges, names, over } }: RowsProps) {
  const { selection, onlyDifferences } = useRunView()
  // That a subscription ends with its run is as it should be.
  const other = rows.filter(({ difference }) => difference !== 'same' && difference !== 'gone')
  const shown = onlyDifferences ? other : rows
  if (rows.length === 0)
    return (
      <Empty title={over ? 'Nothing to compare' : 'Nothing to compare yet'}>
        <p className="muted">
          Sessions, tokens, delegations, revocations and webhooks of the run are compared here, and there{' '}
          {over ? 'were none' : 'are none so far'}.
        </p>
      </Empty>
    )
  return (
    <>
      <div className="projections-bar">
        <span role="status" className="muted">
          {other.length} of {rows.length} shown otherwise than they happened
        </span>
        <ToggleButton
          className="button plain"
          isSelected={onlyDifferences}
          onChange={(on) => useRunView.setState({ onlyDifferences: on })}
        >
          {onlyDifferences ? 'Show all' : 'Only differences'}
        </ToggleButton>
      </div>
      {shown.length === 0 ? (
        <Empty title="There is no difference">
          <p className="muted">Everything is shown as it happened.</p>
        </Empty>
      ) : (
        <table className="table stacks projections-table">
          <caption className="visually-hidden">What happened, what was sent and what is shown</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">What happened</th>
              <th scope="col">What was sent</th>
              <th scope="col">What is shown</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const last = events[(row.event_seqs.at(-1) ?? 0) - 1]
              return (
                <ProjectionLine
                  key={`${row.kind} ${row.id}`}
                  row={row}
                  names={names}
                  isSelected={last !== undefined && last.seq === selection.eventSeq}
                  onSelect={last === undefined ? null : () => selectEvent(last, exchanges)}
                />
              )
            })}
          </tbody>
        </table>
      )}
    </>
  )
}
