import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { ConsolePage } from './console-page.ts'
import { RecordedHost } from './recorded-host.ts'
import { accepted, refused } from './recorded-run.ts'
import { screens } from './screens.ts'

const folder = fileURLToPath(new URL('../../out/screenshots/', import.meta.url))
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
const host = new RecordedHost()
let address = ''
let browser: Browser

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  address = await host.listen()
  host.play(accepted)
  host.play(refused)
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await host.close()
})

for (const theme of ['dark', 'light'] as const)
  for (const size of sizes)
    test(`every screen, ${theme}, ${size.width} × ${size.height}: complete, no text cut, nothing wider than the window`, async () => {
      const opened = await ConsolePage.open(browser, host, address, { theme, size })
      for (const [name, { hash, complete }] of Object.entries(screens)) {
        await opened.goTo(hash)
        await opened.page.reload()
        await opened.page.locator(complete).first().waitFor()
        await opened.page.evaluate(() => document.fonts.ready)
        await opened.page.screenshot({ path: `${folder}${name}-${size.width}-${theme}.png` })
        expect({ name, ...(await faults(opened)) }).toEqual({ name, wider: false, cut: [] })
      }
      expect(opened.complaints).toEqual([])
      await opened.close()
    })

/** What no picture may have: a page wider than the window, and text that its own box cuts off. */
async function faults({ page }: ConsolePage): Promise<{ wider: boolean; cut: readonly string[] }> {
  return page.evaluate(() => ({
    wider: document.documentElement.scrollWidth > innerWidth,
    cut: [...document.querySelectorAll<HTMLElement>('body *:not(.visually-hidden)')]
      .filter((element) => {
        const clips = getComputedStyle(element).overflowX === 'hidden'
        return (
          clips &&
          element.clientWidth > 1 &&
          element.innerText !== '' &&
          element.scrollWidth > element.clientWidth + 1
        )
      })
      .map((element) => element.innerText.slice(0, 80)),
  }))
}
