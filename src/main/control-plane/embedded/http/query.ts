import { Refusal, type RefusalCode } from '../refusal.ts'

/** The first of the spellings that is there and not empty. */
export function param(query: URLSearchParams, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = query.get(name)
    if (value !== null && value !== '') return value
  }
  return null
}

/** `limit` and `offset`, cut to what is allowed; what is no number is the default (control-plane.md §1.7). */
export function paging(
  query: URLSearchParams,
  { limit, most, name = 'limit' }: { limit: number; most: number; name?: string },
): { readonly limit: number; readonly offset: number } {
  return {
    limit: Math.min(Math.max(whole(query.get(name), limit), 1), most),
    offset: Math.max(whole(query.get('offset'), 0), 0),
  }
}

function whole(text: string | null, otherwise: number): number {
  const value = text === null || text.trim() === '' ? Number.NaN : Math.trunc(Number(text))
  return Number.isSafeInteger(value) ? value : otherwise
}

/** Unix milliseconds of a date, `null` when there is none. Throws `code` for one that cannot be read. */
export function instant(query: URLSearchParams, name: string, code: RefusalCode): number | null {
  const text = param(query, name)
  if (text === null) return null
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new Refusal(code, `${name} is not a date: ${text}`)
  return at
}
