import type { CheckDefinition, CheckOutcome, Collector } from './collector.ts'
import { AitpError, type ErrorCode } from './errors.ts'

/** What a check compared, as short texts for people. Built only for a collector or a refusal. */
export interface Evidence {
  readonly expected?: string
  readonly actual?: string
  /** Says which side said what; without it the message is made of the title and the two texts. */
  readonly message?: string
}

export interface Refusal extends Evidence {
  /** When the specification gives this case another code than the check's usual one. */
  readonly code?: ErrorCode
  readonly cause?: unknown
}

/**
 * Runs the checks of one verification in the order of their table. The first that fails throws; a collector, when
 * there is one, learns the outcome of each. `Id` is the union of the ids in the table, so a misspelt id does not
 * compile, and a ladder of a long table fits where one of a part of that table is wanted.
 */
export class Ladder<Id extends string> {
  readonly #table: readonly CheckDefinition[]
  readonly #collector: Collector | undefined

  constructor(table: readonly CheckDefinition<Id>[], collector: Collector | undefined) {
    this.#table = table
    this.#collector = collector
    collector?.begin(table)
  }

  /** The check holds, or this throws. */
  require(id: Id, holds: boolean, evidence?: () => Evidence): asserts holds {
    if (!holds) this.refuse(id, evidence?.() ?? {})
    this.pass(id, evidence)
  }

  pass(id: Id, evidence?: () => Evidence): void {
    if (this.#collector === undefined) return
    this.#collector.record(id, outcome('passed', evidence?.() ?? {}))
  }

  /** The input of this check was not given. */
  skip(id: Id, reason: string): void {
    this.#collector?.record(id, { status: 'skipped', expected: null, actual: reason })
  }

  refuse(id: Id, refusal: Refusal): never {
    const definition = this.#definition(id)
    const code = refusal.code ?? definition.code
    this.#collector?.record(id, outcome('failed', refusal))
    this.#collector?.refuse(code)
    throw new AitpError(code, refusal.message ?? message(definition.title, refusal), {
      check: id,
      expected: refusal.expected ?? null,
      actual: refusal.actual ?? null,
      cause: refusal.cause,
    })
  }

  #definition(id: Id): CheckDefinition {
    const definition = this.#table.find((row) => row.id === id)
    if (definition === undefined) throw new TypeError(`no check ${id} in this table`)
    return definition
  }
}

/** One row of a table. */
export function check<Id extends string>(
  id: Id,
  title: string,
  section: string,
  code: ErrorCode,
): CheckDefinition<Id> {
  return { id, title, section, code }
}

function outcome(status: CheckOutcome['status'], { expected, actual }: Evidence): CheckOutcome {
  return { status, expected: expected ?? null, actual: actual ?? null }
}

function message(title: string, { expected, actual }: Evidence): string {
  if (expected === undefined)
    return actual === undefined ? `not so: ${title}` : `not so: ${title} (${actual})`
  return `not so: ${title} (expected ${expected}, got ${actual ?? 'nothing'})`
}
