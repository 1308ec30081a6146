import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, session } from 'electron'
import packageJson from '../../package.json' with { type: 'json' }
import { bindIpc } from './api/bind-ipc.ts'
import { isAppFrame } from './app-address.ts'
import { registerAppScheme, serveAppPages } from './app-page.electron.ts'
import { defaultDataFolder } from './data-folder.ts'
import { openDesktopHost } from './desktop-host.ts'
import { denyPermissions, hardenContents } from './harden.electron.ts'
import { setMenu } from './menu.electron.ts'
import { shippedPaths } from './paths.ts'
import { quitWith } from './quit.electron.ts'
import { openWindow } from './window.electron.ts'
import { openWindowSettings } from './window-settings.electron.ts'

// Each of these must happen before Electron is ready.
app.enableSandbox()
registerAppScheme()
hardenContents()
keepProfileIn(join(defaultDataFolder(process.env), 'window'))

async function start(): Promise<void> {
  await app.whenReady()
  const paths = shippedPaths(import.meta.dirname)
  const { dataDir, handlers, close } = await openDesktopHost(paths, packageJson.version)
  quitWith(close)
  denyPermissions(session.defaultSession)
  serveAppPages(paths.pages)
  setMenu()
  const binding = bindIpc(handlers, ipcMain, ({ senderFrame }) => isAppFrame(senderFrame))
  await openWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    settings: openWindowSettings(dataDir),
    onPageGone: (contentsId) => binding.forget(contentsId),
  })
}

/** With the data folder go the browser profile and the lock that makes a second start show the first window. */
function keepProfileIn(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  app.setPath('userData', folder)
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window?.isMinimized()) window.restore()
  window?.focus()
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showWindow)
  app.on('window-all-closed', () => app.quit())
  start().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`aitp-console: ${message}\n`)
    dialog.showErrorBox('The AITP Trust Console could not start', message)
    app.exit(3)
  })
} else {
  app.quit()
}
