import type { ExchangeCapture, ExchangeKind } from '../../shared/exchange.ts'
import type { Report } from '../../shared/report.ts'
import { refusalCode } from '../store/join-captures.ts'

const subjects: Readonly<Partial<Record<ExchangeKind, Report['subject']>>> = {
  hello: 'mutual_hello',
  commit: 'mutual_commit',
  capability: 'tct',
  redeem: 'delegation',
  renew: 'renewal_request',
}

/** The ladder of a request to a worker that keeps its checks to itself: what it came to is seen by the answer alone. */
export function unreportedReport(
  kind: ExchangeKind,
  receivedAt: number,
  response: NonNullable<ExchangeCapture['response']>,
): Report {
  const code = refusalCode(response)
  return {
    subject: subjects[kind] ?? 'unsigned',
    verdict: code === null ? 'accepted' : 'refused',
    code,
    checked_at: Math.floor(receivedAt),
    checks: [
      {
        id: 'unreported',
        title: 'Checks of the receiver',
        section: 'RFC-AITP-0004',
        status: 'skipped',
        expected: null,
        actual: 'this worker reports no checks',
      },
    ],
  }
}
