import type { Request } from 'express'

/** Routes beside those of the contract. */
export const otherPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['/internal/telemetry', ['POST']],
  ['/webhooks/cp/:run_id', ['POST']],
  ['/docs', ['GET']],
  ['/dashboard', ['GET']],
])

/**
 * What is asked without the bearer: health, the exchange of a one-time code, what has a secret of its own (telemetry,
 * webhooks), and pages, which hold no data.
 */
export function isOpen({ method, path }: Pick<Request, 'method' | 'path'>, pagesDir: string | null): boolean {
  if (method === 'POST') {
    return path === '/session' || path === '/internal/telemetry' || /^\/webhooks\/cp\/[^/]+$/.test(path)
  }
  if (method !== 'GET' && method !== 'HEAD') return false
  if (path === '/healthz' || path === '/docs') return true
  return pagesDir !== null && (pageNames.has(path) || path.startsWith('/assets/'))
}

const pageNames: ReadonlySet<string> = new Set(['/', '/index.html', '/dashboard'])
