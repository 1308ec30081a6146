import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { RecordedHost } from './recorded-host.ts'
import { soonAfter } from './recorded-run.ts'

export interface Opening {
  readonly theme?: 'dark' | 'light'
  readonly size?: { readonly width: number; readonly height: number }
  readonly reducedMotion?: boolean
}

/** The window as a person has it before them, and everything it complained about. */
export class ConsolePage {
  /** Errors on the browser's console, exceptions and violations of the content policy. */
  readonly complaints: string[] = []
  readonly page: Page
  readonly host: RecordedHost
  readonly #context: BrowserContext
  readonly address: string

  private constructor(page: Page, context: BrowserContext, host: RecordedHost, address: string) {
    this.page = page
    this.host = host
    this.#context = context
    this.address = address
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
  }

  static async open(browser: Browser, host: RecordedHost, address: string, opening: Opening = {}) {
    const context = await browser.newContext({
      viewport: opening.size ?? { width: 1280, height: 800 },
      colorScheme: opening.theme ?? 'dark',
      reducedMotion: opening.reducedMotion === false ? 'no-preference' : 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    // Tokens of the recording are valid now; timers go on as usual.
    await page.clock.setFixedTime(soonAfter)
    const opened = new ConsolePage(page, context, host, address)
    await page.exposeFunction('complain', (text: string) => opened.complaints.push(text))
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
        const { complain } = globalThis as unknown as { complain: (text: string) => void }
        complain(`CSP ${violatedDirective} ${blockedURI} ${sourceFile}`)
      })
    })
    return opened
  }

  /** Opens the printed address, which spends its code. */
  async signIn(): Promise<void> {
    await this.page.goto(`${this.address}/#code=${this.host.code}`)
    await this.page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
  }

  /** Opens a place as a link does, with the bearer already in the tab. */
  async goTo(hash: string): Promise<void> {
    await this.page.addInitScript((bearer) => {
      sessionStorage.setItem('aitp-console.bearer', bearer)
    }, this.host.bearer)
    await this.page.goto(`${this.address}/${hash}`)
    await this.page.waitForLoadState('load')
  }

  async goToRun(runId: string, query = ''): Promise<void> {
    await this.goTo(`#/runs/${runId}${query}`)
    await this.page.locator('.run-header').waitFor()
  }

  get sequenceRows() {
    return this.page.getByRole('treeitem')
  }

  get events() {
    return this.page.getByRole('option')
  }

  get inspector() {
    return this.page.getByRole('complementary', { name: 'Wire inspector' })
  }

  get verdict() {
    return this.page.getByRole('status', { name: 'Verdict' })
  }

  lens(name: 'Sequence' | 'Timeline' | 'Output' | 'Control Plane' | 'Trust') {
    return this.page.getByRole('tab', { name: new RegExp(`^${name}`) })
  }

  tab(name: string) {
    return this.inspector.getByRole('tab', { name: new RegExp(`^${name}`) })
  }

  async close(): Promise<void> {
    await this.#context.close()
  }
}
