import { jsonMedia } from './contract/define.ts'
import { type Contract, contract } from './contract.ts'

export interface HttpRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Content type of the body. */
  readonly type: string
  /** `null` where the request has none. */
  readonly body: string | null
}

/** Splits `METHOD /path/:param` of a contract entry. */
export function httpRoute(name: keyof Contract): { method: string; path: string } {
  const [method, path] = contract[name].http.split(' ')
  if (!method || !path) throw new TypeError(`contract entry ${name} has no METHOD and path`)
  return { method, path }
}

/** Members named in the path fill it; the rest goes into the query of a GET or the JSON body of anything else; of a
 * call that takes text, all but `text` goes into the query. */
export function httpRequest(name: keyof Contract, input: Record<string, unknown>): HttpRequest {
  const { method, path } = httpRoute(name)
  const rest = { ...input }
  const filled = path.replace(/:(\w+)/g, (_, key: string) => {
    const value = rest[key]
    delete rest[key]
    return encodeURIComponent(String(value))
  })
  const entry = contract[name]
  const type = entry.shape === 'call' ? entry.takes : jsonMedia
  const { text, ...others } = rest
  const inQuery = method === 'GET' ? rest : type === jsonMedia ? {} : others
  const body = method === 'GET' ? null : type === jsonMedia ? JSON.stringify(rest) : String(text)
  const query = Object.entries(inQuery)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&')
  return { method, path: query === '' ? filled : `${filled}?${query}`, type, body }
}
