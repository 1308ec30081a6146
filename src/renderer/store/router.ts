import { useSyncExternalStore } from 'react'

/** Hash routes, because they work the same on our own protocol, over HTTP and from any folder. */
export type Route =
  | { readonly screen: 'library' }
  | { readonly screen: 'scenario'; readonly pack: string; readonly scenarioVersion: string }
  | { readonly screen: 'run'; readonly runId: string }
  | { readonly screen: 'control-plane' }
  | { readonly screen: 'unknown'; readonly path: string }

export interface Location {
  readonly route: Route
  readonly query: URLSearchParams
}

export const libraryHref = '#/'
export const controlPlaneHref = '#/control-plane'

export function scenarioHref(ref: string): string {
  const [pack = '', scenarioVersion = ''] = ref.split('/')
  return `#/scenarios/${encodeURIComponent(pack)}/${encodeURIComponent(scenarioVersion)}`
}

export function runHref(runId: string): string {
  return `#/runs/${encodeURIComponent(runId)}`
}

export function parseHash(hash: string): Location {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?')
  const [first, ...rest] = path.split('/').filter(Boolean).map(decode)
  return { route: routeOf(path, first, rest), query: new URLSearchParams(query) }
}

function routeOf(path: string, first: string | undefined, rest: readonly string[]): Route {
  const [one, two] = rest
  if (first === undefined) return { screen: 'library' }
  if (first === 'scenarios' && one && two && rest.length === 2)
    return { screen: 'scenario', pack: one, scenarioVersion: two }
  if (first === 'runs' && one && rest.length === 1) return { screen: 'run', runId: one }
  if (first === 'control-plane' && rest.length === 0) return { screen: 'control-plane' }
  return { screen: 'unknown', path }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

let current = { hash: location.hash, parsed: parseHash(location.hash) }

function snapshot(): Location {
  if (current.hash !== location.hash) current = { hash: location.hash, parsed: parseHash(location.hash) }
  return current.parsed
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

export function useLocation(): Location {
  return useSyncExternalStore(subscribe, snapshot)
}

export function navigate(href: string): void {
  location.hash = href
}

/** Writes the query of the present route into the address without a new entry in the history. */
export function replaceQuery(query: URLSearchParams): void {
  const [path = ''] = location.hash.split('?')
  const text = query.toString()
  history.replaceState(null, '', text === '' ? path : `${path}?${text}`)
}
