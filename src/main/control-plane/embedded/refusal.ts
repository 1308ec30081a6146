/** Every way in which the Control Plane says no, with its status (control-plane.md §1.4); `BODY_TOO_SLOW` and the last five are ours. */
export const refusalStatus = {
  BODY_INVALID: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_EXPIRED: 400,
  FILTER_INVALID: 400,
  BAD_REQUEST: 400,
  JTI_INVALID: 400,
  URL_NOT_ALLOWED: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  INVALID_API_KEY: 401,
  TOKEN_INVALID: 401,
  TOKEN_REPLAYED: 401,
  BODY_TOO_SLOW: 408,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  SSE_CAPACITY: 503,
  FORBIDDEN_HOST: 403,
  FORBIDDEN_ORIGIN: 403,
  METHOD_NOT_ALLOWED: 405,
  STORAGE_UNAVAILABLE: 503,
  INTERNAL: 500,
} as const

export type RefusalCode = keyof typeof refusalStatus

/** Answered as `{error, code, …more}`, never with an empty body. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  /** Members beside `error` and `code`, such as the bucket of a limit. */
  readonly more: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: RefusalCode,
    message: string,
    {
      more = {},
      headers = {},
      cause,
    }: { more?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.more = more
    this.headers = headers
  }
}
