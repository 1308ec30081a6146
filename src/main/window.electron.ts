import { BrowserWindow } from 'electron'
import { appAddress } from './app-address.ts'
import type { WindowSettings } from './window-settings.electron.ts'

export interface WindowOptions {
  readonly preload: string
  readonly settings: WindowSettings
  /** The page is gone, crashed, or another document: whatever it listened to has no listener any more. */
  readonly onPageGone: (contentsId: number) => void
}

const size = { width: 1280, height: 800 }

/** Opens the console's one window. */
export async function openWindow({ preload, settings, onPageGone }: WindowOptions): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    ...size,
    ...settings.load(),
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'AITP Trust Console',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  const { id } = window.webContents
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) onPageGone(id)
  })
  window.webContents.on('render-process-gone', () => onPageGone(id))
  window.webContents.on('destroyed', () => onPageGone(id))
  window.once('ready-to-show', () => window.show())
  window.on('close', () => settings.save(window.getNormalBounds()))
  await window.loadURL(appAddress)
  return window
}
