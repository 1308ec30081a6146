import { type AppErrorCode, errorBody, toAppError } from '../../shared/errors.ts'
import { printable } from '../../shared/printable.ts'

/** How the program ends. 0 done · 1 the run or check failed · 2 bad input or usage, nothing changed · 3 our own failure. */
export type ExitCode = 0 | 1 | 2 | 3

const badInput: ReadonlySet<AppErrorCode> = new Set([
  'agent_manifest_not_found',
  'body_too_large',
  'capability_not_offered',
  'data_folder_in_use',
  'data_folder_unwritable',
  'host_differs',
  'import_invalid',
  'invalid_body',
  'invalid_inputs',
  'port_in_use',
  'programs_not_allowed',
  'registry_validation_error',
  'run_going_on',
  'run_id_ambiguous',
  'run_id_taken',
  'run_not_found',
  'run_not_running',
  'scenario_invalid',
  'scenario_not_found',
  'template_not_found',
  'usage',
])

const failed: ReadonlySet<AppErrorCode> = new Set(['run_cancelled', 'run_timeout'])

/** How an error is told: a sentence for a person, or the error body of the service as one line. */
export type ErrorForm = 'sentence' | 'json'

/** Says what was wrong, and tells the shell which kind of wrong it was. */
export function reportFailure(thrown: unknown, form: ErrorForm, stderr: (line: string) => void): ExitCode {
  const error = toAppError(thrown)
  stderr(
    form === 'json'
      ? JSON.stringify(errorBody(error))
      : printable(`aitp-console: ${error.message} (${error.code})`),
  )
  if (failed.has(error.code)) return 1
  return badInput.has(error.code) ? 2 : 3
}
