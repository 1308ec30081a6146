import type { ErrorCode } from './errors.ts'
import type { ArtefactSubject, Check, Report } from './report.ts'

/** One row of a verifier's table: what is checked, where the specification says so, and the code when it fails. */
export interface CheckDefinition<Id extends string = string> {
  readonly id: Id
  readonly title: string
  readonly section: string
  readonly code: ErrorCode
}

export type CheckOutcome = Pick<Check, 'status' | 'expected' | 'actual'>

/** Where a verifier writes its ladder. Belongs to one verification; ask it for the report afterwards. */
export interface Collector {
  /** The ladder so far. What was not reached is listed as such, whether a check failed or the verifier stopped. */
  report<Subject extends ArtefactSubject>(subject: Subject, now: number): Report<Subject>
  /** For verifiers: announces the table. A second verification starts the report afresh. */
  begin(table: readonly CheckDefinition[]): void
  /** For verifiers: the outcome of the next check of the table. */
  record(id: string, outcome: CheckOutcome): void
  /** For verifiers: the code of the refusal. */
  refuse(code: ErrorCode): void
}

export function createCollector(): Collector {
  let table: readonly CheckDefinition[] = []
  let outcomes: CheckOutcome[] = []
  let code: ErrorCode | null = null

  return {
    begin(definitions) {
      table = definitions
      outcomes = []
      code = null
    },
    record(id, outcome) {
      const next = table[outcomes.length]?.id
      if (next !== id)
        throw new TypeError(`check ${id} is out of order; the table has ${next ?? 'no more checks'} here`)
      outcomes.push(outcome)
    },
    refuse(refusal) {
      code = refusal
    },
    report(subject, now) {
      const checks = table.map(({ id, title, section }, index) => ({
        id,
        title,
        section,
        ...(outcomes[index] ?? NOT_REACHED),
      }))
      // A verification that broke off without a verdict is not an acceptance.
      const complete = table.length > 0 && outcomes.length === table.length
      return {
        subject,
        verdict: code === null && complete ? 'accepted' : 'refused',
        code,
        checked_at: now,
        checks,
      }
    },
  }
}

const NOT_REACHED: CheckOutcome = { status: 'not_reached', expected: null, actual: null }
