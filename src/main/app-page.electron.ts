import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { protocol } from 'electron'
import { contentSecurityPolicy } from './api/pages.ts'
import { appScheme, pageFile } from './app-address.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Must happen before Electron is ready. Standard and secure, so that the page has an origin and fetches its parts. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer, and nothing else of the disk, under `app://console/`. */
export function serveAppPages(pagesDir: string): void {
  protocol.handle(appScheme, async (request) => {
    const file = request.method === 'GET' ? pageFile(pagesDir, request.url) : null
    const body = file === null ? null : await readFile(file).catch(() => null)
    if (file === null || body === null)
      return new Response(null, { status: 404, headers: headers('text/plain') })
    return new Response(body, { headers: headers(mediaTypes[extname(file)] ?? 'application/octet-stream') })
  })
}

function headers(mediaType: string): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
  }
}
