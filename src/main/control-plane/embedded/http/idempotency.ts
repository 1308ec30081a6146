import type { DatabaseSync } from 'node:sqlite'
import { printable } from '../../../../shared/printable.ts'
import { Refusal } from '../refusal.ts'
import type { Answer, IdempotencyScope } from './route.ts'

/** Outcomes that are kept; a caller may try again after any other (control-plane.md §1.9). */
const keptStatuses: readonly number[] = [200, 201, 202, 204, 400, 409, 422]
const longestKey = 255

export interface Idempotency {
  /** The kept answer to an earlier request, or `null`. */
  find(scope: IdempotencyScope, key: string): Answer | null
  /** The first outcome under a key stands. */
  keep(scope: IdempotencyScope, key: string, status: number, body: unknown): void
}

export function createIdempotency(database: DatabaseSync, now: () => number): Idempotency {
  const select = database.prepare(
    'SELECT response_status, response_body FROM idempotency_keys WHERE scope = ? AND key = ?',
  )
  const insert = database.prepare(
    'INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  return {
    find(scope, key) {
      const row = select.get(scope, key)
      if (row === undefined) return null
      return {
        status: Number(row['response_status']),
        json: JSON.parse(String(row['response_body'])),
        headers: { 'idempotency-replayed': 'true' },
      }
    },
    keep(scope, key, status, body) {
      if (keptStatuses.includes(status)) insert.run(scope, key, status, JSON.stringify(body ?? null), now())
    },
  }
}

/** Throws `IDEMPOTENCY_KEY_INVALID` for a header that is there and cannot be a key. */
export function idempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null
  const key = String(header)
  if (key.trim() !== '' && key.length <= longestKey && printable(key) === key) return key
  throw new Refusal(
    'IDEMPOTENCY_KEY_INVALID',
    `Idempotency-Key is 1 to ${longestKey} characters without control characters.`,
  )
}
