import { readFile } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { protocol, type WebFrameMain } from 'electron'
import { contentSecurityPolicy } from './api/pages.ts'

const scheme = 'app'
const host = 'console'

/** The one address the window shows. */
export const appAddress = `${scheme}://${host}/index.html`

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
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built renderer, and nothing else of the disk, under {@link appAddress}. */
export function serveAppPages(pagesDir: string): void {
  const root = resolve(pagesDir)
  protocol.handle(scheme, async (request) => {
    const file = request.method === 'GET' && isAppAddress(request.url) ? pageFile(root, request.url) : null
    const body = file === null ? null : await readFile(file).catch(() => null)
    if (file === null || body === null)
      return new Response(null, { status: 404, headers: headers('text/plain') })
    return new Response(body, { headers: headers(mediaTypes[extname(file)] ?? 'application/octet-stream') })
  })
}

/** Compared after parsing, never by prefix: `app://console.evil/` begins the same way. */
export function isAppAddress(address: string): boolean {
  try {
    const url = new URL(address)
    return url.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === ''
  } catch {
    return false
  }
}

/** Whether a message came from the console's own page: its main frame, at its own origin. A missing frame is a no. */
export function isAppFrame(frame: Pick<WebFrameMain, 'parent' | 'url'> | null): boolean {
  return frame !== null && frame.parent === null && isAppAddress(frame.url)
}

function headers(mediaType: string): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
  }
}

function pageFile(root: string, address: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(new URL(address).pathname)
  } catch {
    return null
  }
  const file = resolve(join(root, path === '/' ? 'index.html' : path))
  const inside = relative(root, file)
  return inside === '' || inside.startsWith('..') || inside.includes(`..${sep}`) || path.includes('\0')
    ? null
    : file
}
