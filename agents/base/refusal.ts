import { AitpError } from '../../src/aitp/index.ts'

/** A refusal as it goes over HTTP: the small body that both old and new clients read. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly check: string | null
  readonly retryable: boolean
  /** What a peer may know beside the code. */
  readonly peerMessage?: string
  /** When a peer that asked too often may ask again. */
  readonly retryAfterSecs?: number
}

/** What a worker answers when it cannot or will not; `code` is a wire code or one of the service's. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError'
  readonly refusal: Refusal

  constructor(
    status: number,
    code: string,
    message: string,
    options: {
      check?: string | null
      cause?: unknown
      retryable?: boolean
      retryAfterSecs?: number
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.refusal = {
      status,
      code,
      message,
      check: options.check ?? null,
      retryable: options.retryable ?? false,
      ...(options.retryAfterSecs === undefined ? {} : { retryAfterSecs: options.retryAfterSecs }),
    }
  }
}

/** The refusal behind anything thrown. Our own failures answer 500 and tell the caller nothing more. */
export function refusalOf(thrown: unknown, protocolStatus: number): Refusal {
  if (thrown instanceof WorkerError) return thrown.refusal
  if (thrown instanceof AitpError) {
    const { code, message, retryable, check } = thrown
    return { status: protocolStatus, code, message, check, retryable }
  }
  return {
    status: 500,
    code: 'internal_error',
    message: 'The agent failed; its log says why.',
    check: null,
    retryable: false,
  }
}

/**
 * The body of a refusal. To a peer it says the code and a neutral sentence: which check failed, and with what, is for
 * this agent's own report.
 */
export function peerRefusalBody({ code, retryable, peerMessage }: Refusal): string {
  const message = peerMessage ?? `refused with ${code}`
  return JSON.stringify({ error: { code, message, retryable }, detail: message })
}

/** The headers of a refusal to a peer. */
export function peerRefusalHeaders({ retryAfterSecs }: Refusal): Record<string, string> {
  return retryAfterSecs === undefined ? {} : { 'retry-after': String(retryAfterSecs) }
}

/** The body of a refusal to the host, which may know everything but secrets. */
export function adminRefusalBody({ code, message, check }: Refusal): string {
  return JSON.stringify({ error: { code, message, check }, detail: message })
}
