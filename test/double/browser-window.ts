import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { strict } from './strict.ts'
import { WebContents } from './web-contents.ts'

export interface WindowOptions {
  readonly width?: number
  readonly height?: number
  readonly show?: boolean
  readonly webPreferences?: Readonly<Record<string, unknown>> & { readonly preload?: string }
}

const windows = new Set<BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  /** Set by `app.ts`, which needs this class. */
  static app: EventEmitter & { quit(): void }

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }

  readonly options: WindowOptions
  readonly webContents: WebContents
  shown: boolean
  #closed = false

  constructor(options: WindowOptions) {
    super()
    const { webPreferences: wish = {} } = options
    if (wish['nodeIntegration'] === true) throw new Error('electron double: nodeIntegration is on')
    if (wish['contextIsolation'] === false) throw new Error('electron double: contextIsolation is off')
    if (wish['sandbox'] === false) throw new Error('electron double: sandbox is off')
    if (wish.preload !== undefined && !existsSync(wish.preload)) {
      throw new Error(`electron double: there is no preload ${wish.preload}`)
    }
    this.options = options
    this.shown = options.show !== false
    const size = { width: options.width ?? 800, height: options.height ?? 600 }
    this.webContents = strict('webContents', new WebContents(size, wish.preload ?? null))
    this.webContents.once('destroyed', () => this.#gone())
    windows.add(this)
    BrowserWindow.app.emit('web-contents-created', {}, this.webContents)
    // biome-ignore lint/correctness/noConstructorReturn: what is not written must throw here as well
    return strict('BrowserWindow', this)
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    this.emit('ready-to-show')
  }

  show(): void {
    this.shown = true
  }

  isMinimized(): boolean {
    return false
  }

  focus(): void {}

  getNormalBounds() {
    return { x: 0, y: 0, width: this.options.width ?? 800, height: this.options.height ?? 600 }
  }

  close(): void {
    if (this.#closed) return
    this.emit('close')
    this.webContents.destroy()
    this.#gone()
  }

  #gone(): void {
    if (this.#closed) return
    this.#closed = true
    for (const window of windows) if (window.webContents.id === this.webContents.id) windows.delete(window)
    this.emit('closed')
    if (windows.size === 0) BrowserWindow.app.emit('window-all-closed')
  }
}
