import type { z } from 'zod'
import type { Connection } from './connection.ts'

/** What is read of a list when no number was asked for. */
const mostEntries = 1_000

/** Members that are `undefined` are not asked for. */
export type ListQuery = Readonly<Record<string, string | number | undefined>>

/** The entries below `key`, or of a bare array; empty without an answer that is understood. */
export type ListReader = <Item extends z.ZodType>(
  path: string,
  query: ListQuery,
  key: string,
  item: Item,
) => Promise<z.output<Item>[]>

export function createListReader(request: Connection['request']): ListReader {
  return async (path, query, key, item) => {
    const answer = await request('GET', `${path}${queryText(query)}`)
    if (!answer?.ok) return []
    const { limit } = query
    const entries = entriesBelow(answer.body, key, typeof limit === 'number' ? limit : mostEntries) ?? []
    // One entry that is not understood does not hide the others.
    return entries.flatMap((entry) => {
      const one = item.safeParse(entry)
      return one.success ? [one.data] : []
    })
  }
}

/**
 * The first entries below `key`, or of a bare array, which nobody has looked into; `null` where there is no list. Looking
 * into each of millions would stop the host.
 */
export function entriesBelow(body: unknown, key: string, most = mostEntries): readonly unknown[] | null {
  const isWrapped = typeof body === 'object' && body !== null && !Array.isArray(body)
  const list: unknown = isWrapped ? Reflect.get(body, key) : body
  return Array.isArray(list) ? list.slice(0, most) : null
}

function queryText(query: ListQuery): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search}`
}
