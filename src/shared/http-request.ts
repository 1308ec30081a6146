import { type Contract, contract } from './contract.ts'

export interface HttpRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** JSON text, or `null` where the request has no body. */
  readonly body: string | null
}

/** Splits `METHOD /path/:param` of a contract entry. */
export function httpRoute(name: keyof Contract): { method: string; path: string } {
  const [method, path] = contract[name].http.split(' ')
  if (!method || !path) throw new TypeError(`contract entry ${name} has no METHOD and path`)
  return { method, path }
}

/** Members named in the path fill it; the rest goes into the query of a GET or the JSON body of anything else. */
export function httpRequest(name: keyof Contract, input: Record<string, unknown>): HttpRequest {
  const { method, path } = httpRoute(name)
  const rest = { ...input }
  const filled = path.replace(/:(\w+)/g, (_, key: string) => {
    const value = rest[key]
    delete rest[key]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET') return { method, path: filled, body: JSON.stringify(rest) }
  const query = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&')
  return { method, path: query === '' ? filled : `${filled}?${query}`, body: null }
}
