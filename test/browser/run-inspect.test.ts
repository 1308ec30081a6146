import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { busy, withFailureAt, withLostCall, withoutPin, withPendingAnswer } from './altered.ts'
import { accepted, refused } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const runId = accepted.run.run_id
const call = accepted.exchanges.find(({ kind }) => kind === 'capability')

test('one key leads from the verdict to the failed check, expected over actual', async () => {
  it.host.play(refused)
  const console = await it.open()
  await console.goToRun(refused.run.run_id)
  await console.verdict.getByText('refused the MANIFEST').waitFor()
  await console.page.keyboard.press(']')
  const rung = console.inspector.locator('.rung.failed')
  await rung.getByText('AID is the one pinned for this peer').waitFor()
  await expect.poll(() => isInView(rung)).toBe(true)
  const [expected, actual] = await rung.locator('.comparison-line code').allInnerTexts()
  expect(expected).toHaveLength(String(actual).length)
  expect(await rung.locator('mark').allInnerTexts()).toEqual(['Zk', '7C', '9', 'A'])
})

test('a message opens with its ladder: every check in order, the section beside it, who reported it', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  await console.sequenceRows.filter({ hasText: 'MUTUAL_HELLO' }).first().click()
  await console.tab('Checks').click()
  const report = accepted.exchanges[1]?.messages[0]?.verdict?.report
  expect(await console.inspector.locator('.rung-title').allInnerTexts()).toEqual(
    report?.checks.map(({ title }) => title),
  )
  expect(await console.inspector.locator('.rung-section').allInnerTexts()).toEqual(
    report?.checks.map(({ section }) => section),
  )
  await console.inspector.getByText('24 passed, 1 skipped, reported by Content Writer').waitFor()
  await console.inspector.getByText(/^Skipped: /).waitFor()
})

test('checks after the failed one are named as not reached', async () => {
  it.host.play(withFailureAt(refused, 4))
  const console = await it.open()
  await console.goToRun(refused.run.run_id)
  await console.verdict.getByText('refused the MANIFEST').waitFor()
  await console.page.keyboard.press(']')
  await console.inspector.locator('.rung.failed').waitFor()
  expect(await console.inspector.getByText('not reached', { exact: true }).count()).toBeGreaterThan(3)
  expect(await console.inspector.locator('.rung.failed ~ .rung .tone-valid').count()).toBe(0)
})

test('an identity that no pin could be compared with is amber, never green', async () => {
  it.host.play(withoutPin(accepted))
  const console = await it.open()
  await console.goToRun(runId)
  const row = console.sequenceRows.filter({ hasText: 'accepted, not pinned' }).first()
  await row.waitFor()
  expect(await row.locator('.arrow-outcome .tone-caution').count()).toBe(1)
  expect(await row.locator('.arrow-outcome .tone-valid').count()).toBe(0)
  await row.click()
  await console.tab('Checks').click()
  await console.inspector.locator('.rung.unpinned .tone-caution').waitFor()
  await console.inspector.getByText('Skipped: no AID is pinned for this peer.').waitFor()
})

test('a message that nothing verified is delivered, not accepted', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  const row = console.sequenceRows.filter({ hasText: 'MANIFEST_REQUEST' }).first()
  await row.getByText('delivered').waitFor()
  expect(await row.locator('.tone-valid').count()).toBe(0)
})

test('a message whose end nobody has reported is dashed and pending', async () => {
  it.host.play(withPendingAnswer(accepted, 2))
  const console = await it.open()
  await console.goToRun(runId)
  const row = console.sequenceRows.filter({ hasText: 'MUTUAL_COMMIT_ACK' }).first()
  await row.getByText('pending').waitFor()
  expect(await row.locator('.arrow.pending').count()).toBe(1)
  // Nobody holds its token yet.
  expect(await row.locator('.ticket').count()).toBe(0)
})

test('a message that was never answered says so, and why', async () => {
  it.host.play(withLostCall(accepted))
  const console = await it.open()
  await console.goToRun(runId)
  const row = console.sequenceRows.filter({ hasText: 'CAPABILITY_REQUEST' })
  await row.getByText('no answer').waitFor()
  await row.click()
  await console.inspector.getByText('connect ECONNREFUSED 127.0.0.1:8101').waitFor()
})

test('many conversations start folded into one line each', async () => {
  it.host.play(busy(accepted, 4))
  const console = await it.open()
  await console.goToRun(runId)
  await expect.poll(() => console.sequenceRows.count()).toBe(12)
  await console.sequenceRows.nth(3).click()
  await expect.poll(() => console.sequenceRows.count()).toBe(18)
})

test('tokens are decoded with the meaning of their claims and the agents they name', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, `?exchange=${call?.exchange_id}&message=request&tab=tokens`)
  const token = console.inspector.getByRole('region', { name: /Trust Context Token/ })
  await token.getByRole('row', { name: /iss issued by Content Writer/ }).waitFor()
  await token.getByRole('row', { name: /sub held by Research Analyst/ }).waitFor()
  await token.getByRole('row', { name: /exp expires at .*\(in 58 min\)/ }).waitFor()
})

test('a gated call shows the stage that decided and every other in words', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, `?exchange=${call?.exchange_id}&message=request`)
  const gate = console.inspector.getByRole('region', { name: 'Gate' })
  await gate.getByText('Trust: the TCT verifies and grants write.content').waitFor()
  expect(await gate.getByRole('listitem').count()).toBe(9)
})

test('headers and body show what each side saw, raw as it was on the wire', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, `?exchange=${call?.exchange_id}&message=response&tab=http`)
  await console.inspector.getByRole('heading', { name: 'As Content Writer sent them' }).waitFor()
  await console.inspector.getByRole('heading', { name: 'As Research Analyst received them' }).waitFor()
  await console.tab('Body').click()
  await console.inspector.getByRole('radio', { name: 'Raw' }).click()
  expect(await console.inspector.locator('pre').innerText()).toBe(call?.server?.response?.body.text)
})

test('selecting an event selects its message in the sequence, and its causes and effects in the timeline', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, '?lens=timeline')
  await console.events.filter({ hasText: 'lets Research Analyst call write.content' }).click()
  await console.page.locator('.event.cause').waitFor()
  await console.page.locator('.event.effect').waitFor()
  await console.lens('Sequence').click()
  const selected = console.page.getByRole('treeitem', { selected: true })
  expect(await selected.innerText()).toContain('CAPABILITY_REQUEST')
  await expect.poll(() => isInView(selected)).toBe(true)
})

test('the address is a link to exactly what is shown', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  await console.sequenceRows.filter({ hasText: 'MUTUAL_COMMIT_ACK' }).first().click()
  await console.tab('Tokens').click()
  const address = console.page.url()
  const other = await it.open()
  await other.goTo(new URL(address).hash)
  await other.tab('Tokens').and(other.page.locator('[aria-selected="true"]')).waitFor()
  expect(await other.page.getByRole('treeitem', { selected: true }).innerText()).toContain(
    'MUTUAL_COMMIT_ACK',
  )
})

test('the sequence has a twin as a table, and a fold for each conversation', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  const heads = console.page.getByRole('treeitem', { expanded: true })
  await heads.first().click()
  await expect.poll(() => heads.count()).toBe(2)
  await console.page.getByRole('button', { name: 'Show as table' }).click()
  expect(await console.page.getByRole('row').count()).toBe(15)
})

test('outputs made without a model are marked as such', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, '?lens=output')
  expect(await console.page.getByText('Offline text: no model was asked.').count()).toBe(2)
})

async function isInView(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    const panel = element.closest('.tab-panel')?.getBoundingClientRect()
    return panel !== undefined && top >= panel.top && bottom <= panel.bottom
  })
}
