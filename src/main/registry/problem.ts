import type { Diagnostic } from '../../shared/scenario.ts'
import { diagnose, type RuleId } from './rules.ts'
import type { Locate, Path } from './source.ts'

/** A broken rule at a path of a parsed value; becomes a {@link Diagnostic} once a file says where that was written. */
export interface Problem {
  readonly rule: RuleId
  readonly path: Path
  /** Points at the key instead of its value. */
  readonly atKey?: boolean
  readonly message: string
}

export function locateProblems(problems: readonly Problem[], locate: Locate): Diagnostic[] {
  return problems.map(({ rule, path, atKey, message }) =>
    diagnose(rule, locate(path, atKey ? 'key' : 'value'), message),
  )
}
