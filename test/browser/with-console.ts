import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launchChromium } from './chromium.ts'
import { ConsolePage, type Opening } from './console-page.ts'
import { chromiumMissing, needsChromium } from './needs-chromium.ts'
import { RecordedHost } from './recorded-host.ts'

/** One browser for a test file; a host and its pages for each test. */
export function withConsole() {
  let browser: Browser | undefined
  let address = ''
  let opened: ConsolePage[] = []
  const fixture = {
    host: new RecordedHost(),
    async open(opening: Opening = {}): Promise<ConsolePage> {
      if (!browser) throw new Error('there is no browser')
      const page = await ConsolePage.open(browser, fixture.host, address, opening)
      opened.push(page)
      return page
    },
  }

  needsChromium()
  beforeAll(async () => {
    if (chromiumMissing === null) browser = await launchChromium()
  })
  beforeEach(async () => {
    fixture.host = new RecordedHost()
    address = await fixture.host.listen()
  })
  // A window that complained is a failed test, whatever else it showed.
  afterEach(async () => {
    const complaints = opened.flatMap((page) => page.complaints)
    await Promise.all(opened.map((page) => page.close()))
    opened = []
    await fixture.host.close()
    expect(complaints).toEqual([])
  })
  afterAll(() => browser?.close())
  return fixture
}
