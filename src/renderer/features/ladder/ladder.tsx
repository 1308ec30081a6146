import type { Report } from '../../../shared/report.ts'
import { Mark } from '../../components/mark.tsx'
import { Time } from '../../components/time.tsx'
import { skippedPins, tallyWords } from '../run/message-state.ts'
import { Rung } from './rung.tsx'
import './ladder.css'

interface LadderProps {
  readonly report: Report
  /** Display name of the agent that reported it; these checks are its word. */
  readonly reportedBy: string
}

/** One verification as a list of checks in the order of the specification. */
export function Ladder({ report, reportedBy }: LadderProps) {
  const unpinned = skippedPins(report)
  const refused = report.verdict === 'refused'
  return (
    <section className="ladder" aria-label={`Checks of ${report.subject}`}>
      <p className="ladder-head">
        <Mark state={refused ? 'refused' : unpinned.length > 0 ? 'unpinned' : 'valid'} />
        <strong>{refused ? 'Refused' : 'Accepted'}</strong>
        {report.code === null ? null : <code className="tone-refused">{report.code}</code>}
        <span className="muted">
          {tallyWords(report)}, reported by {reportedBy}
        </span>
      </p>
      <ol>
        {report.checks.map((check) => (
          <Rung key={check.id} check={check} unpinned={unpinned.includes(check)} />
        ))}
      </ol>
      <p className="muted small">
        Checked at <Time seconds={report.checked_at} /> by the clock of {reportedBy}.
      </p>
    </section>
  )
}
