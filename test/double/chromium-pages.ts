import { type Browser, type BrowserContext, chromium } from 'playwright-core'

let browser: Promise<Browser> | null = null

/** The default context of the browser that the test has started, so that both see the same pages. */
export async function chromiumContext(): Promise<BrowserContext> {
  const address = process.env['DOUBLE_CDP']
  if (address === undefined) throw new Error('electron double: DOUBLE_CDP names no browser')
  browser ??= chromium.connectOverCDP(address)
  const [context] = (await browser).contexts()
  if (context === undefined) throw new Error('electron double: the browser has no context')
  return context
}

export async function disconnect(): Promise<void> {
  await (await browser)?.close()
}

const stand = 'https://console.app-double'

/**
 * Chromium gives up on `app://` before anything can answer it, so pages run under a stand-in for it. Main must
 * never see that one.
 */
export function toChromium(url: string): string {
  return url.startsWith('app://console/') ? url.replace('app://console', stand) : url
}

export function fromChromium(url: string): string {
  return url.startsWith(`${stand}/`) ? url.replace(stand, 'app://console') : url
}
