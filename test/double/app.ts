import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { BrowserWindow } from './browser-window.ts'
import { disconnect } from './chromium-pages.ts'
import { strict } from './strict.ts'

export class App extends EventEmitter {
  readonly #paths = new Map([['userData', tmpdir()]])
  sandboxed = false
  #quitting = false

  enableSandbox(): void {
    this.sandboxed = true
  }

  async whenReady(): Promise<void> {}

  requestSingleInstanceLock(): boolean {
    return true
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`electron double: app.getPath('${name}') is not implemented`)
    return path
  }

  getVersion(): string {
    return '0.0.0'
  }

  /** `before-quit`, then the windows, then `will-quit`, each of which may prevent it. */
  quit(): void {
    if (this.#quitting || this.#prevented('before-quit')) return
    this.#quitting = true
    for (const window of BrowserWindow.getAllWindows()) window.close()
    this.#quitting = false
    if (!this.#prevented('will-quit')) this.exit(0)
  }

  exit(code: number): void {
    void disconnect().finally(() => process.exit(code))
  }

  #prevented(name: string): boolean {
    let prevented = false
    this.emit(name, {
      preventDefault: () => {
        prevented = true
      },
    })
    return prevented
  }
}

export const app = strict('app', new App())
BrowserWindow.app = app
