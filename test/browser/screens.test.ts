import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { ConsolePage } from './console-page.ts'
import { RecordedHost } from './recorded-host.ts'
import { accepted, refused } from './recorded-run.ts'

const folder = fileURLToPath(new URL('../../out/screenshots/', import.meta.url))
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
const runId = accepted.run.run_id
const [firstManifest, firstHello, firstCommit] = accepted.exchanges
const call = accepted.exchanges.at(-1)

/** Every picture of the window, by name: where it is, and what shows that it is complete. */
const screens: Record<
  string,
  { hash: string; complete: string; setUp?: (page: ConsolePage) => Promise<void> }
> = {
  library: { hash: '#/', complete: '.run-row' },
  scenario: { hash: '#/scenarios/cross-org/trust-gate@1.0.0', complete: '.run-form' },
  'run-sequence': { hash: `#/runs/${runId}`, complete: '.ticket' },
  'run-message': {
    hash: `#/runs/${runId}?exchange=${firstHello?.exchange_id}&message=request&tab=checks`,
    complete: '.rung',
  },
  'run-tokens': {
    hash: `#/runs/${runId}?exchange=${firstCommit?.exchange_id}&message=request&tab=tokens`,
    complete: '.token',
  },
  'run-http': {
    hash: `#/runs/${runId}?exchange=${firstHello?.exchange_id}&message=response&tab=http`,
    complete: '.headers',
  },
  'run-body': {
    hash: `#/runs/${runId}?exchange=${firstManifest?.exchange_id}&message=response&tab=body`,
    complete: '.body',
  },
  'run-gate': {
    hash: `#/runs/${runId}?exchange=${call?.exchange_id}&message=request&tab=summary`,
    complete: '.gate',
  },
  'run-timeline': { hash: `#/runs/${runId}?event=11&lens=timeline`, complete: '.event.selected' },
  'run-output': { hash: `#/runs/${runId}?lens=output`, complete: '.outputs' },
  'refused-verdict': { hash: `#/runs/${refused.run.run_id}`, complete: '.verdict-links' },
  'refused-checks': {
    hash: `#/runs/${refused.run.run_id}?exchange=${refused.exchanges[0]?.exchange_id}&message=response&tab=checks`,
    complete: '.comparison',
  },
}

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
        const wider = await opened.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        expect({ name, wider }).toEqual({ name, wider: false })
      }
      expect(opened.complaints).toEqual([])
      await opened.close()
    })
