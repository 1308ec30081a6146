import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../browser/chromium.ts'
import { chromiumMissing, needsChromium } from '../browser/needs-chromium.ts'
import { startCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { repositoryRoot } from '../support/repository.ts'

const screenshots = join(repositoryRoot, 'out', 'screenshots')
let browser: Browser

needsChromium()

beforeAll(async () => {
  if (chromiumMissing !== null) return
  mkdirSync(screenshots, { recursive: true })
  browser = await launchChromium()
})
afterAll(() => browser?.close())

async function serve() {
  const serving = startCli(['serve', '--port', '0'], { home: temporaryFolder() })
  return { serving, address: await serving.line(/^http:/) }
}

async function openPage(address: string) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(address)
  return { page, context, complaints }
}

describe('the console that `serve` prints the address of', () => {
  it('opens, runs the scenario with real agents, and shows every message with its checks', async () => {
    const { address } = await serve()
    const { page, context, complaints } = await openPage(address)
    await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
    expect(page.url()).not.toContain('code=')
    await page.getByText('Research and Write').first().click()
    await page.getByLabel('topic').fill('harbour pilots')
    await page.getByRole('button', { name: /^Run/ }).first().click()
    await page.getByText('It ran to the end.').waitFor()
    await page.getByText('MUTUAL_COMMIT_ACK', { exact: true }).first().click()
    await page.screenshot({ path: join(screenshots, 'served-run.png') })
    await page.getByRole('tab', { name: /^Checks/ }).click()
    await page
      .getByText(/reported by/i)
      .first()
      .waitFor()
    await page.screenshot({ path: join(screenshots, 'served-run.png') })
    expect(complaints).toEqual([])
    await context.close()
  })

  it('opens once: the code of the address is spent, and a reload keeps the window', async () => {
    const { address } = await serve()
    const first = await openPage(address)
    await first.page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
    await first.page.reload()
    await first.page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
    const second = await openPage(address)
    await second.page.getByText('was used already').first().waitFor()
    expect(await second.page.getByRole('heading', { level: 1, name: 'Library' }).count()).toBe(0)
    await Promise.all([first.context.close(), second.context.close()])
  })

  it('keeps the bearer out of the address, of cookies and of what was served', async () => {
    const { address } = await serve()
    const { page, context } = await openPage(address)
    await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
    const bearer = await page.evaluate(() => Object.values(sessionStorage).join())
    expect(bearer.length).toBeGreaterThan(40)
    expect(page.url()).not.toContain(bearer)
    expect(await context.cookies()).toEqual([])
    expect(await page.content()).not.toContain(bearer)
    await context.close()
  })
})
