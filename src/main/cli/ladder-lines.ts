import { printable } from '../../shared/printable.ts'
import type { Check, Report } from '../../shared/report.ts'

const marks: Record<Check['status'], string> = { passed: '✓', failed: '✕', not_reached: '·', skipped: '–' }

/** A ladder as text: a line a check, expected over actual under the one that failed, the verdict last. */
export function ladderLines(report: Report): string[] {
  const width = Math.max(...report.checks.map(({ id }) => id.length), 0)
  const lines = report.checks.flatMap((check) => {
    const line = `${marks[check.status]} ${check.id.padEnd(width)}  ${check.title}  [${check.section}]`
    if (check.status === 'not_reached') return [`${line}  not reached`]
    if (check.status === 'skipped') return [`${line}  skipped: ${check.actual ?? 'not given'}`]
    if (check.status === 'passed') return [line]
    return [line, `    expected  ${check.expected ?? '–'}`, `    actual    ${check.actual ?? '–'}`]
  })
  const failed = report.checks.find(({ status }) => status === 'failed')
  const verdict =
    report.verdict === 'accepted' ? 'accepted' : `REFUSED ${report.code} at check ${failed?.id ?? '?'}`
  return [...lines, `${report.subject}: ${verdict}`].map(printable)
}
