import { ipcMain, type Rectangle, screen } from 'electron'
import Store from 'electron-store'
import { z } from 'zod'

const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(640), height: z.int().min(480) })

export interface WindowSettings {
  /** Where the window was last, if it would still be seen there. */
  load(): Rectangle | null
  save(bounds: Rectangle): void
}

/** Keeps the window's place in the `settings.json` of the data folder. */
export function openWindowSettings(dataDir: string): WindowSettings {
  const store = new Store<{ window?: unknown }>({ cwd: dataDir, name: 'settings', clearInvalidConfig: true })
  // The store tells any page the data folder on this channel, whoever asks; nobody here does.
  ipcMain.removeAllListeners('electron-store-get-data')
  return {
    load() {
      const bounds = Bounds.safeParse(store.get('window'))
      return bounds.success && isVisible(bounds.data) ? bounds.data : null
    },
    save: (bounds) => store.set('window', bounds),
  }
}

/** A display may be gone since: the middle of the window must lie on one. */
function isVisible({ x, y, width, height }: Rectangle): boolean {
  const middle = { x: x + width / 2, y: y + height / 2 }
  return screen
    .getAllDisplays()
    .some(
      ({ workArea: area }) =>
        middle.x >= area.x &&
        middle.x < area.x + area.width &&
        middle.y >= area.y &&
        middle.y < area.y + area.height,
    )
}
