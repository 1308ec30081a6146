import type { RunSummary } from '../../../shared/run.ts'
import { useRuns, useScenarios } from '../../api/queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { RunStatusMark } from '../../components/run-status.tsx'
import { absoluteTime, relativeTime, useNow } from '../../components/time.tsx'
import { runHref } from '../../store/router.ts'

const shown = 20

export function RecentRuns() {
  const { data, error, isPending, refetch } = useRuns()
  const newest = [...(data?.runs ?? [])].sort((one, two) => two.created_at - one.created_at)
  return (
    <section className="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">Recent runs</h2>
      {isPending ? <Loading what="runs" rows={3} /> : null}
      {error ? (
        <Failed title="The runs could not be read" error={error} onRetry={() => void refetch()} />
      ) : null}
      {data && newest.length === 0 ? (
        <Empty title="None yet">
          <p className="muted">Open a scenario and run it; what happened will be kept here.</p>
        </Empty>
      ) : null}
      <ul>
        {newest.slice(0, shown).map((run) => (
          <RunRow key={run.run_id} run={run} />
        ))}
      </ul>
      {newest.length > shown ? (
        <p className="muted small">
          The newest {shown} of {newest.length}.
        </p>
      ) : null}
    </section>
  )
}

function RunRow({ run }: { readonly run: RunSummary }) {
  const now = useNow()
  const { data } = useScenarios()
  const name = data?.scenarios.find(({ ref }) => ref === run.scenario_ref)?.metadata.name
  return (
    <li>
      <a className="run-row" href={runHref(run.run_id)}>
        <span className="run-row-name">{run.run_label ?? name ?? run.scenario_ref}</span>
        <RunStatusMark status={run.status} />
        <span className="muted small" title={absoluteTime(run.created_at)}>
          {relativeTime(run.created_at, now)} · {run.event_count} events · {run.imported ? 'imported · ' : ''}
          <code>{run.run_id.slice(0, 8)}</code>
        </span>
      </a>
    </li>
  )
}
