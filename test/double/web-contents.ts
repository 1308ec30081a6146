import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { CDPSession, Page, Route } from 'playwright-core'
import { chromiumContext, fromChromium, toChromium } from './chromium-pages.ts'
import { ipcMain } from './ipc-main.ts'
import { protocol } from './session.ts'
import { bridge, codec, preloadWorld } from './worlds.ts'

const { encode, decode } = codec()
const world = 'double-preload'

interface FromRenderer {
  readonly type: 'invoke' | 'send'
  readonly id: number
  readonly channel: string
  readonly args: unknown[]
}

let created = 0

export class WebContents extends EventEmitter {
  readonly id: number
  /** Addresses the page was kept from, in order. */
  readonly denied: string[] = []
  readonly #ready: Promise<{ page: Page; cdp: CDPSession }>
  #worldId: number | null = null
  #destroyed = false
  #loading: string | null = null
  #openHandler: ((details: { url: string }) => { action: string }) | null = null

  constructor(size: { width: number; height: number }, preload: string | null) {
    super()
    created += 1
    this.id = created
    this.#ready = this.#open(size, preload)
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  getURL(): string {
    return this.#url
  }

  #url = ''

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler
  }

  send(channel: string, ...args: unknown[]): void {
    void this.#dispatch({ type: 'send', channel, args: args.map(encode) })
  }

  /** Not Electron's: what `loadURL` does. Main may load what a page could not navigate to. */
  async load(url: string): Promise<void> {
    const { page } = await this.#ready
    this.#loading = toChromium(url)
    try {
      await page.goto(this.#loading)
    } finally {
      this.#loading = null
    }
  }

  destroy(): void {
    this.#gone()
    void this.#ready.then(({ page }) => page.close()).catch(() => undefined)
  }

  #gone(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.emit('destroyed')
  }

  async #open(size: { width: number; height: number }, preload: string | null) {
    const context = await chromiumContext()
    const page = await context.newPage()
    await page.setViewportSize(size)
    page.on('close', () => this.#gone())
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed' }))
    page.on('console', (message) => {
      if (message.type() === 'error') process.stderr.write(`[renderer] ${message.text()}\n`)
    })
    page.on('pageerror', (error) => process.stderr.write(`[renderer] ${error.stack}\n`))
    page.on('popup', (popup) => this.#onPopup(popup))
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#url = fromChromium(frame.url())
    })
    await page.route('**/*', (route) => this.#onRequest(page, route))
    const cdp = await context.newCDPSession(page)
    cdp.on('Runtime.executionContextCreated', ({ context: made }) => {
      if (made.name === world) this.#worldId = made.id
    })
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__doubleIpc') void this.#fromRenderer(page, JSON.parse(payload))
    })
    await cdp.send('Runtime.enable')
    await cdp.send('Page.enable')
    if (preload !== null) await addPreload(cdp, readFileSync(preload, 'utf8'))
    return { page, cdp }
  }

  /** Answers from main's protocol handler; stops every other way out of the page. */
  async #onRequest(page: Page, route: Route): Promise<void> {
    const request = route.request()
    const url = fromChromium(request.url())
    const isMainFrame = request.isNavigationRequest() && request.frame() === page.mainFrame()
    if (isMainFrame && request.url() !== this.#loading && this.#isPrevented('will-navigate', url)) {
      return route.abort('aborted')
    }
    if (isMainFrame) this.emit('did-start-navigation', { url, isMainFrame, isSameDocument: false })
    const { protocol: scheme } = new URL(url)
    const handler = protocol.handlers.get(scheme.slice(0, -1))
    if (handler === undefined) {
      const foreign = { contentType: 'text/html', body: '<!doctype html><title>foreign</title>' }
      return isMainFrame ? route.fulfill(foreign) : route.abort('blockedbyclient')
    }
    const response = await handler(new Request(url, { method: request.method() }))
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  }

  #onPopup(popup: Page): void {
    const url = popup.url()
    const { action } = this.#openHandler?.({ url }) ?? { action: 'allow' }
    if (action !== 'deny') throw new Error(`electron double: a page may open a window (${url})`)
    this.denied.push(`window.open ${url}`)
    void popup.close()
  }

  #isPrevented(name: string, url: string): boolean {
    let prevented = false
    const event = {
      url,
      isMainFrame: true,
      preventDefault: () => {
        prevented = true
      },
    }
    this.emit(name, event, url)
    if (prevented) this.denied.push(`${name} ${url}`)
    return prevented
  }

  async #dispatch(message: object): Promise<void> {
    const { cdp } = await this.#ready
    if (this.#worldId === null || this.#destroyed) return
    const expression = `__doubleDispatch(${JSON.stringify(JSON.stringify(message))})`
    // The page may have gone meanwhile, as it may with Electron.
    await cdp.send('Runtime.evaluate', { contextId: this.#worldId, expression }).catch(() => undefined)
  }

  async #fromRenderer(page: Page, { type, id, channel, args }: FromRenderer): Promise<void> {
    const url = fromChromium(page.url())
    const event = { sender: this, senderFrame: { url, parent: null }, processId: 1, frameId: 1 }
    const decoded = args.map(decode)
    if (type === 'send') {
      ipcMain.emit(channel, event, ...decoded)
      return
    }
    try {
      const handler = ipcMain.handlers.get(channel)
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
      const value = encode(await handler(event, ...decoded))
      await this.#dispatch({ type: 'answer', id, value })
    } catch (thrown) {
      await this.#dispatch({ type: 'answer', id, error: String(thrown) })
    }
  }
}

/** Into a world of its own, as context isolation has it: the page reaches neither the preload nor its channel. */
async function addPreload(cdp: CDPSession, source: string): Promise<void> {
  await cdp.send('Runtime.addBinding', { name: '__doubleIpc', executionContextName: world })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    source: `if (self === top) (${bridge})('main', 'preload')`,
  })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    worldName: world,
    source: `if (self === top) {
      (${preloadWorld})((${codec})(), (${bridge})('preload', 'main'), (require, process) => {
        const module = { exports: {} };
        (function (exports, global) {${source}\n}).call({}, module.exports, globalThis)
      })
    }`,
  })
}
