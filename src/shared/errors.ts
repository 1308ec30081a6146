import { z } from 'zod'

/**
 * Every way in which our own machinery says no, with the HTTP status it has on the service API.
 * A refusal by the protocol is never one of these: it has a wire code in capitals and is a result.
 */
export const appErrorStatus = {
  agent_exited: 502,
  agent_manifest_invalid: 400,
  agent_manifest_not_found: 404,
  agent_not_running: 409,
  agent_spawn_error: 500,
  agent_start_timeout: 500,
  agent_unreachable: 502,
  assertion_failed: 422,
  body_too_large: 413,
  body_too_slow: 408,
  capability_failed: 502,
  capability_not_offered: 422,
  code_spent: 401,
  data_folder_in_use: 409,
  data_folder_unwritable: 500,
  delegation_failed: 502,
  exchange_not_found: 404,
  forbidden_host: 403,
  forbidden_origin: 403,
  handshake_failed: 502,
  host_differs: 409,
  host_gone: 503,
  hosted_agent_not_found: 404,
  internal_error: 500,
  import_invalid: 422,
  invalid_body: 422,
  invalid_did: 400,
  invalid_inputs: 422,
  loopback_refused: 409,
  method_not_allowed: 405,
  not_found: 404,
  origin_mismatch: 409,
  peer_unreachable: 502,
  port_in_use: 409,
  programs_not_allowed: 403,
  public_host_missing: 400,
  registry_validation_error: 422,
  run_cancelled: 409,
  run_going_on: 409,
  run_id_ambiguous: 409,
  run_id_taken: 409,
  run_not_found: 404,
  run_not_running: 409,
  run_timeout: 504,
  scenario_invalid: 422,
  scenario_not_found: 404,
  slow_reader: 408,
  step_failed: 502,
  stream_broken: 503,
  telemetry_refused: 403,
  template_not_found: 422,
  unauthorized: 401,
  usage: 400,
  webhook_refused: 401,
} as const

export type AppErrorCode = keyof typeof appErrorStatus

/** Our machinery failed or refuses bad input; `code` is the contract, `message` one sentence for a person. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: AppErrorCode
  readonly details: unknown

  constructor(code: AppErrorCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
  }
}

/** The one error body of the service, over HTTP and IPC; `detail` repeats the message for older clients. */
export const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
  detail: z.string(),
})
export type ErrorBody = z.infer<typeof ErrorBody>

export function errorBody(error: AppError): ErrorBody {
  const { code, message, details } = error
  return { error: { code, message, ...(details === undefined ? {} : { details }) }, detail: message }
}

/** The error that a caller gets back from {@link ErrorBody}; an unknown code becomes `internal_error`. */
export function errorFromBody(body: ErrorBody): AppError {
  const { code, message, details } = body.error
  return new AppError(isAppErrorCode(code) ? code : 'internal_error', message, { details })
}

export function isAppErrorCode(code: string): code is AppErrorCode {
  return Object.hasOwn(appErrorStatus, code)
}

/** Wraps anything thrown: an {@link AppError} stays itself, the rest is our own failure. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError('internal_error', message, { cause: thrown })
}
