import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHost } from '../support/host.ts'
import { repositoryRoot } from '../support/repository.ts'
import { launchChromium } from './chromium.ts'
import { needsChromium } from './needs-chromium.ts'

needsChromium()

test('a real run starts paused, takes a single step, goes on, and comes to what was expected', async () => {
  const host = await startHost({ pagesDir: join(repositoryRoot, 'out', 'renderer') })
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(host.browserAddress())
    await page.getByRole('link', { name: /Trust Gate/ }).click()
    await page.getByRole('switch', { name: 'Start paused' }).press('Space')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('Paused before probe_no_tct').waitFor()
    await page.keyboard.press('.')
    await page.getByText('Paused before establish_trust').waitFor()
    const [run] = (await host.handlers.listRuns({ order: 'oldest', offset: 0 })).runs
    expect(run).toMatchObject({ status: 'running' })
    await page.keyboard.press('Space')
    await page.getByText('As expected: The probe is refused with 403').waitFor()
    const { events, as_expected } = await host.handlers.getRun({ run_id: run?.run_id ?? '' })
    expect(as_expected).toBe(true)
    const stood = events.flatMap((event) => (event.type === 'run.paused' ? [event.step_id] : []))
    expect(stood).toEqual(['probe_no_tct', 'establish_trust'])
  } finally {
    await browser.close()
  }
})

test('a real run is held against what the Control Plane inside shows, which its screen lists', async () => {
  const host = await startHost({
    pagesDir: join(repositoryRoot, 'out', 'renderer'),
    controlPlanePort: 0,
  })
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(host.browserAddress())
    await page.getByRole('link', { name: /Revocation via Control Plane/i }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('tab', { name: /^Control Plane/ }).click()
    await page
      .locator('.taken')
      .getByText(/^(\d+) of \1 events taken$/)
      .waitFor()
    const rows = page.locator('.projections-table tbody tr')
    await rows.filter({ hasText: /^Revocation.*It is on the signed list/s }).waitFor()
    await page.getByText('0 of 4 shown otherwise than they happened').waitFor()

    await page.getByRole('link', { name: 'Control Plane', exact: true }).click()
    await page.locator('.plane-header').getByText('the pinned one').waitFor()
    await page.getByRole('tab', { name: 'Tokens' }).click()
    await page.getByRole('row', { name: /revoked/ }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(2)
    await page.getByRole('tab', { name: 'Revocation list' }).click()
    const ladder = page.getByRole('region', { name: 'Checks of revocation_list' })
    await ladder.getByText('Accepted').waitFor()
    await page.getByRole('tab', { name: 'Audit' }).click()
    await page.getByRole('row', { name: /revocation.add/ }).waitFor()
  } finally {
    await browser.close()
  }
})
