import { z } from 'zod'
import type { Connection } from './connection.ts'

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
    const shape = z.union([z.object({ [key]: z.array(z.unknown()) }), z.array(z.unknown())])
    const parsed = shape.safeParse(answer.body)
    if (!parsed.success) return []
    const entries = Array.isArray(parsed.data) ? parsed.data : (parsed.data[key] ?? [])
    // One entry that is not understood does not hide the others.
    return entries.flatMap((entry) => {
      const one = item.safeParse(entry)
      return one.success ? [one.data] : []
    })
  }
}

function queryText(query: ListQuery): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search}`
}
