import { randomUUID } from 'node:crypto'

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a check reads what it expects and fails where that is not there.
export type Json = any

/** A Control Plane that is asked from outside, ours or another. */
export interface ControlPlaneUnderTest {
  readonly baseUrl: string
  readonly apiKey: string
  readonly ask: Ask
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, `undefined` when it is none. */
  readonly body: Json
}

export type Ask = (
  method: string,
  path: string,
  options?: { body?: unknown; text?: string; headers?: Record<string, string>; key?: string | null },
) => Promise<Answered>

/** One thing that a Control Plane must do (control-plane.md §16), in the order of that list. */
export interface Check {
  /** Number in the checklist. */
  readonly row: number
  readonly title: string
  /** What the original does instead, and its number in the register. */
  readonly original?: string
  run(cp: ControlPlaneUnderTest): Promise<void>
}

export function asker(baseUrl: string, apiKey: string): Ask {
  return async (method, path, { body, text, headers = {}, key = apiKey } = {}) => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const answer = await response.text()
    return { status: response.status, headers: response.headers, text: answer, body: parse(answer) }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Names that nobody else uses, so that checks can run against a Control Plane that knows much already. */
export function fresh() {
  const run = randomUUID()
  return {
    run,
    session: `session-${run}`,
    aid: (name: string) => `aid:pubkey:${name}-${run}`,
    jti: () => randomUUID(),
  }
}
