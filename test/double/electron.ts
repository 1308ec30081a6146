// Stands in for `electron` in the main process: same names, a real Chromium page behind each window, and an error
// with its name for everything that is not written here.
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { ipcMain } from './ipc-main.ts'
import { defaultSession, protocol } from './session.ts'
import { strict } from './strict.ts'

/** What a test may ask main for that no page can see. */
const opened: string[] = []
const shell = strict('shell', { openExternal: async (url: string) => void opened.push(url) })
const dialog = strict('dialog', {
  showErrorBox: (title: string, content: string) =>
    void process.stderr.write(`[dialog] ${title}: ${content}\n`),
})
const menus: unknown[] = []
const Menu = strict('Menu', {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (menu: unknown) => void menus.push(menu),
})
const screen = strict(
  'screen',
  Object.assign(new EventEmitter(), {
    getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  }),
)
const session = strict('session', { defaultSession })

process.on('message', (message: { command: string; id: number; url?: string; permission?: string }) => {
  const [window] = BrowserWindow.getAllWindows()
  const answer = (value: unknown) => process.send?.({ id: message.id, value })
  switch (message.command) {
    case 'quit':
      return app.quit()
    case 'load':
      return void window?.loadURL(message.url ?? '').then(() => answer(null))
    case 'permission':
      return answer(defaultSession.asks(message.permission ?? '', message.url ?? ''))
    case 'state':
      return answer({
        windows: BrowserWindow.getAllWindows().length,
        webPreferences: window?.options.webPreferences,
        size: window?.options && { width: window.options.width, height: window.options.height },
        shown: window?.shown,
        sandboxed: app.sandboxed,
        menus: menus.length,
        opened,
        denied: window?.webContents.denied,
      })
  }
})
// The test has gone without saying goodbye.
process.on('disconnect', () => process.exit(1))

const electron = strict('electron', {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  screen,
  session,
  shell,
})
export default electron
export { app, BrowserWindow, dialog, ipcMain, Menu, protocol, screen, session, shell }
