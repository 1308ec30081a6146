import type { Report } from '../../../shared/report.ts'
import { skippedPins, tally, tallyWords } from '../run/message-state.ts'

/** A ladder as small as a word: one stroke a check, the failed one long. */
export function MiniLadder({ report }: { readonly report: Report }) {
  const { passed, total, failed } = tally(report)
  const unpinned = skippedPins(report)
  return (
    <span className="mini-ladder">
      <span className="mini-ladder-strokes" aria-hidden="true">
        {report.checks.map((check) => (
          <i key={check.id} className={unpinned.includes(check) ? 'unpinned' : check.status} />
        ))}
      </span>
      <span className={failed ? 'tone-refused' : 'muted'}>
        {failed ? `check ${passed + skipped(report) + 1} of ${total} failed` : tallyWords(report)}
      </span>
    </span>
  )
}

/** Before the failed check. */
function skipped({ checks }: Report): number {
  const until = checks.findIndex(({ status }) => status === 'failed')
  return checks.slice(0, Math.max(0, until)).filter(({ status }) => status === 'skipped').length
}
