import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

/** Who may ask: `free` anybody without a limit, `public` anybody, `key` who shows the API key. */
export type Access = 'free' | 'public' | 'key'

/** Answers that are kept under the caller's `Idempotency-Key`, apart for each of these (control-plane.md §1.9). */
export type IdempotencyScope =
  | 'agents.register'
  | 'events.ingest'
  | 'revocation.entries'
  | 'webhooks.create'
  | 'trust-anchors.create'
  | 'pinned-keys.upsert'

export interface Question {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The request's body as text; empty where there is none. */
  readonly text: string
  /** Who asks, `apikey:` and 16 hex digits; `null` without a key. */
  readonly actor: string | null
  readonly requestId: string
}

/** `json` answers a body, `text` one of another type, `stream` writes by itself until the reader has gone. */
export type Answer =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly status: number
      readonly text: string
      readonly type: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly stream: (response: ServerResponse) => void }

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/registry/agents/:aid` */
  readonly path: string
  readonly access: Access
  /** Limited as an enrolment, and not as any public route. */
  readonly isEnrolment?: true
  readonly idempotency?: IdempotencyScope
  /** Largest body in bytes; 1 MiB when left out. */
  readonly bodyLimit?: number
  /** Throws `Refusal`. */
  readonly answer: (question: Question) => Answer | Promise<Answer>
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, json: body, headers }
}
