import { expect, test } from 'vitest'
import { long, withError } from './altered.ts'
import { accepted, refused } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const runId = accepted.run.run_id

test('events arrive row by row, and an arrow is drawn only when its message was captured', async () => {
  it.host.play(accepted, 7)
  const console = await it.open()
  await console.goToRun(runId)
  await console.page.getByRole('heading', { name: 'No message yet' }).waitFor()
  expect(await console.page.locator('.run-status').innerText()).toContain('Running')

  it.host.advance(runId, 4)
  await console.sequenceRows.filter({ hasText: 'MUTUAL_COMMIT_ACK' }).first().waitFor()
  // One handshake: its line and its six messages.
  await expect.poll(() => console.sequenceRows.count()).toBe(7)

  await console.lens('Timeline').click()
  await console.page.getByText('11 of 11 events').waitFor()
  it.host.advance(runId)
  await console.page.getByText('12 of 12 events').waitFor()
  it.host.advance(runId, 100)
  await console.verdict.getByText('It ran to the end.').waitFor()
  await console.page.getByText('31 of 31 events').waitFor()
})

test('a broken stream is told, resumes after the last event, and repeats nothing', async () => {
  it.host.play(accepted, 7)
  const console = await it.open()
  await console.goToRun(runId, '?lens=timeline')
  await console.page.getByText('7 of 7 events').waitFor()
  it.host.breakStreams(runId)
  await console.page.getByText('The console does not answer').waitFor()
  await expect.poll(() => it.host.subscriptions.at(-1)).toBe(7)
  await console.page.getByText('The console does not answer').waitFor({ state: 'detached' })
  it.host.sendAgain(runId, 3)
  it.host.advance(runId, 2)
  await console.page.getByText('9 of 9 events').waitFor()
  // The browser itself reports the broken stream.
  expect(console.complaints.splice(0).every((text) => text.includes('net::ERR'))).toBe(true)
})

test('a gap in the numbers is noticed and filled', async () => {
  it.host.play(accepted, 5)
  const console = await it.open()
  await console.goToRun(runId, '?lens=timeline')
  await console.page.getByText('5 of 5 events').waitFor()
  it.host.skip(runId, 2)
  it.host.advance(runId)
  await console.page.getByText('8 of 8 events').waitFor()
  expect(it.host.subscriptions.at(-1)).toBe(5)
})

test('a bearer that is no longer taken leads to the screen that says what to do', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  it.host.signedOut = true
  // By its address: what the page asks by itself may have led there already.
  await console.page.evaluate(() => {
    location.hash = '#/'
  })
  await console.page.getByRole('heading', { name: 'Open a new address' }).waitFor()
  await console.page.getByText('no longer takes the key of this tab').waitFor()
  expect(console.complaints.splice(0).every((text) => text.includes('401'))).toBe(true)
})

test('a run that is not there says so and leads back', async () => {
  const console = await it.open()
  await console.goTo('#/runs/0f0f0f0f-0000-4000-8000-000000000000')
  await console.page.getByRole('heading', { name: 'There is no such run' }).waitFor()
  expect(console.complaints.splice(0).every((text) => text.includes('404'))).toBe(true)
})

test('the end of a failed run is told in one sentence, with what was expected', async () => {
  it.host.play(refused, 8)
  const console = await it.open()
  await console.goToRun(refused.run.run_id)
  it.host.advance(refused.run.run_id, 100)
  await console.verdict
    .getByText(
      'Research Analyst refused the MANIFEST of Content Writer: the check “AID is the one pinned for this peer” failed.',
    )
    .waitFor()
  await console.verdict.getByText('IDENTITY_FAILED').waitFor()
})

test('running again sends the same inputs', async () => {
  it.host.play(refused)
  it.host.next = accepted
  const console = await it.open()
  await console.goToRun(refused.run.run_id)
  await console.page.getByRole('button', { name: 'Run again' }).click()
  await console.page.waitForURL(`**/#/runs/${runId}`)
  expect(it.host.started).toEqual([
    { scenario_ref: refused.run.scenario_ref, inputs: refused.run.inputs, template: null, run_label: null },
  ])
})

test('cancelling says what will stop, and asks the host', async () => {
  it.host.play(accepted, 7)
  const console = await it.open()
  await console.goToRun(runId)
  await console.page.getByRole('button', { name: 'Cancel' }).click()
  const dialog = console.page.getByRole('alertdialog')
  await dialog.getByText('Its agents stop').waitFor()
  await dialog.getByRole('button', { name: 'Cancel the run' }).click()
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => it.host.cancelled).toEqual([runId])
})

test('what an agent wrote stays text (B-68)', async () => {
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
  it.host.play(withError(refused, hostile))
  const console = await it.open()
  await console.goToRun(refused.run.run_id, '?lens=timeline')
  await console.page.getByText(hostile).first().waitFor()
  expect(await console.page.title()).toBe('AITP Trust Console')
  expect(await console.page.locator('img, main script').count()).toBe(0)
})

test('ten thousand events stay a short list in the page, and the filter finds one of them', async () => {
  it.host.play(long(accepted, 10_000))
  const console = await it.open()
  await console.goToRun(runId, '?lens=timeline')
  await console.page.getByText('10000 of 10000 events').waitFor()
  expect(await console.events.count()).toBeLessThan(60)
  await console.page.keyboard.press('/')
  await console.page.keyboard.type('step-8123 ')
  await console.page.getByText('1 of 10000 events').waitFor()
})
