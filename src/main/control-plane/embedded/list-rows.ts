import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

export type Row = Readonly<Record<string, unknown>>

export interface Listing {
  /** Table, and what it is joined with. */
  readonly from: string
  readonly columns?: string
  /** SQL with one parameter, and its value; a condition without a value does not count. */
  readonly where: readonly (readonly [sql: string, value: SQLInputValue | undefined])[]
  readonly order: string
  readonly page: { readonly limit: number; readonly offset: number }
}

/** The rows that meet every condition which has a value. All SQL comes from our own files, all values are bound. */
export function listRows(
  database: DatabaseSync,
  { from, columns = '*', where, order, page }: Listing,
): Row[] {
  const conditions = where.filter(([, value]) => value !== null && value !== undefined)
  const clause =
    conditions.length === 0 ? '' : ` WHERE ${conditions.map(([sql]) => `(${sql})`).join(' AND ')}`
  return database
    .prepare(`SELECT ${columns} FROM ${from}${clause} ORDER BY ${order} LIMIT ? OFFSET ?`)
    .all(...conditions.map(([, value]) => value ?? null), page.limit, page.offset)
}
