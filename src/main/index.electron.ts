import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, session } from 'electron'
import packageJson from '../../package.json' with { type: 'json' }
import { bindIpc } from './api/bind-ipc.ts'
import { isAppFrame, registerAppScheme, serveAppPages } from './app-page.electron.ts'
import { denyPermissions, hardenContents } from './harden.electron.ts'
import { setMenu } from './menu.electron.ts'
import { openDesktopHost } from './open-host.electron.ts'
import { shippedPaths } from './paths.ts'
import { quitWith } from './quit.electron.ts'
import { openWindow } from './window.electron.ts'
import { openWindowSettings } from './window-settings.electron.ts'

// Each of these must happen before Electron is ready.
app.enableSandbox()
registerAppScheme()
hardenContents()

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
