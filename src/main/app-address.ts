import { join, relative, resolve, sep } from 'node:path'

export const appScheme = 'app'
const host = 'console'

/** The one address the window shows. */
export const appAddress = `${appScheme}://${host}/index.html`

/** Compared after parsing, never by prefix: `app://console.evil/` begins the same way. */
export function isAppAddress(address: string): boolean {
  try {
    const url = new URL(address)
    return url.protocol === `${appScheme}:` && url.host === host && url.username === '' && url.password === ''
  } catch {
    return false
  }
}

/** The part of Electron's `WebFrameMain` that says who asks. */
interface AskingFrame {
  readonly url: string
  readonly parent: unknown
}

/** Whether a message came from the console's own page: its main frame, at its own origin. A missing frame is a no. */
export function isAppFrame(frame: AskingFrame | null): boolean {
  return frame !== null && frame.parent === null && isAppAddress(frame.url)
}

/** The file behind an address, or `null` when it is not the app's or leaves the folder. */
export function pageFile(folder: string, address: string): string | null {
  const path = isAppAddress(address) ? pathOf(address) : null
  if (path === null || path.includes('\0')) return null
  const root = resolve(folder)
  const file = resolve(join(root, path === '/' ? 'index.html' : path))
  const inside = relative(root, file)
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) ? null : file
}

function pathOf(address: string): string | null {
  try {
    return decodeURIComponent(new URL(address).pathname)
  } catch {
    return null
  }
}
