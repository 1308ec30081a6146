import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { busy, renamed, withPendingAnswer } from './altered.ts'
import { launchChromium } from './chromium.ts'
import { ConsolePage } from './console-page.ts'
import { chromiumMissing, needsChromium } from './needs-chromium.ts'
import { RecordedHost } from './recorded-host.ts'
import { accepted } from './recorded-run.ts'
import { delegationChain } from './recorded-trust.ts'
import { playScreens, screens } from './screens.ts'

const folder = fileURLToPath(new URL('../../out/screenshots/', import.meta.url))
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
const host = new RecordedHost()
let address = ''
let browser: Browser

needsChromium()

beforeAll(async () => {
  if (chromiumMissing !== null) return
  mkdirSync(folder, { recursive: true })
  address = await host.listen()
  playScreens(host)
  host.play(renamed(withPendingAnswer(accepted, 1), 'underway'), 9)
  host.play(renamed(busy(accepted, 4), 'busy'))
  browser = await launchChromium()
})

afterAll(async () => {
  if (chromiumMissing !== null) return
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

test('moments: a run under way, many agents, the table, a projector at 200 %, no key', async () => {
  const opened = await ConsolePage.open(browser, host, address, { size: { width: 1280, height: 800 } })
  const { page } = opened
  const picture = async (name: string) => {
    await page.evaluate(() => document.fonts.ready)
    await page.screenshot({ path: `${folder}${name}.png` })
    expect({ name, ...(await faults(opened)) }).toEqual({ name, wider: false, cut: [] })
  }
  await opened.goToRun('underway')
  await page.getByText('pending').first().waitFor()
  await picture('moment-under-way')
  await opened.goToRun('busy')
  await opened.sequenceRows.nth(11).waitFor()
  await opened.sequenceRows.nth(2).click()
  await picture('moment-busy')
  await page.getByRole('button', { name: 'Show as table' }).click()
  await picture('moment-table')
  await page.evaluate(() =>
    localStorage.setItem('aitp-console.preferences', '{"textSize":200,"theme":"light"}'),
  )
  await page.setViewportSize({ width: 1280, height: 768 })
  await opened.goTo(`#/runs/${accepted.run.run_id}`)
  await page.reload()
  await page.locator('.ticket').first().waitFor()
  await picture('moment-projector')
  await opened.goTo('#/control-plane?tab=sessions')
  await page.reload()
  await page.getByRole('tab', { name: 'Sessions', selected: true }).waitFor()
  await page.locator('.table').waitFor()
  await picture('moment-projector-control-plane')
  await opened.goTo(`#/runs/${accepted.run.run_id}?lens=control-plane`)
  await page.reload()
  await page.locator('.projections-table').waitFor()
  await picture('moment-projector-lens')
  await opened.goTo(`#/runs/${delegationChain.run.run_id}?lens=trust`)
  await page.reload()
  await page.locator('.trust-label').first().waitFor()
  await picture('moment-projector-trust')
  await page.getByRole('button', { name: 'Show as table' }).click()
  await page.locator('.trust-matrix').waitFor()
  await picture('moment-projector-trust-matrix')
  await page.evaluate(() => sessionStorage.clear())
  await opened.close()

  const signedOut = await ConsolePage.open(browser, host, address)
  await signedOut.page.goto(address)
  await signedOut.page.getByRole('heading', { level: 1 }).waitFor()
  await signedOut.page.screenshot({ path: `${folder}moment-no-key.png` })
  await signedOut.close()
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
          // A graph is moved and zoomed; that all of it is in view at first is a test of its own.
          element.closest('.react-flow') === null &&
          element.clientWidth > 1 &&
          element.innerText !== '' &&
          element.scrollWidth > element.clientWidth + 1
        )
      })
      .map((element) => element.innerText.slice(0, 80)),
  }))
}
