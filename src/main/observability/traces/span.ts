import { createHash } from 'node:crypto'
import { withoutJws } from '../../../shared/redact-tokens.ts'

/** A piece of work in a run's trace, on the way to becoming a span of whatever reads traces. */
export interface Span {
  /** 16 hex digits. */
  readonly id: string
  /** `null` for the run itself. */
  readonly parentId: string | null
  readonly name: string
  readonly kind: 'internal' | 'client' | 'server'
  /** Whose work it is: the console's, or the agent's by its id. */
  readonly service: string
  /** Unix seconds. */
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  /** Why it failed: a code, never a message, which anybody could have written. `null` when it did not. */
  readonly failure: string | null
}

export interface SpanEvent {
  readonly name: string
  /** Unix seconds. */
  readonly at: number
  readonly attributes: Attributes
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

const longestText = 256

/** Text that an agent may have chosen: no token, and not endless. */
export function told(text: string): string {
  return withoutJws(text).slice(0, longestText)
}

/** Attributes without those that have no value. */
export function attributes(
  given: Readonly<Record<string, string | number | boolean | null | undefined>>,
): Attributes {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, typeof value === 'string' ? told(value) : value]],
    ),
  )
}

/** An id for what has none of its own, the same each time. */
export function spanId(...of: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16)
}
