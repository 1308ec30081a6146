import { app, type Session, shell } from 'electron'
import { isAppAddress } from './app-address.ts'

/** Hosts whose `https:` pages may be opened in the person's own browser. There are none yet. */
const externalHosts: ReadonlySet<string> = new Set()

/** Copying what is on screen. Reading the clipboard, and every other permission, is denied. */
const allowedPermission = 'clipboard-sanitized-write'

/** Denies every page what the console's own page does not need: leaving, opening windows, embedding. */
export function hardenContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (isExternal(url)) shell.openExternal(url).catch(() => undefined)
      return { action: 'deny' }
    })
  })
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) =>
    decide(permission === allowedPermission && isAppAddress(contents.getURL())),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === allowedPermission && isAppAddress(origin),
  )
  session.setDevicePermissionHandler(() => false)
}

function isExternal(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'https:' && externalHosts.has(url.host)
}
