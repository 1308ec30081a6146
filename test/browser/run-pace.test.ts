import { expect, test } from 'vitest'
import { withExpectation, withPauseBefore, withUnmetAssertion } from './altered.ts'
import { accepted, refused } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const runId = accepted.run.run_id
const step = 'write_with_trust'
const recording = withPauseBefore(accepted, step)
const pausedAt = recording.run.events.findIndex(({ type }) => type === 'run.paused') + 1

test('a run is paused, stepped and let go on by keys, and says where it stands', async () => {
  it.host.play(recording, pausedAt - 1)
  const console = await it.open()
  await console.goToRun(runId)
  const { page } = console
  const status = page.locator('.run-status')
  await page.getByRole('button', { name: /^Pause/ }).waitFor()
  expect(await status.innerText()).toContain('Running')

  await page.keyboard.press('Space')
  await page.getByText('Pausing after this step').waitFor()
  expect(it.host.paced).toEqual([`pause ${runId}`])
  it.host.advance(runId)
  await page.getByText(`Paused before ${step}`).waitFor()

  await page.keyboard.press('.')
  await expect.poll(() => it.host.paced.at(-1)).toBe(`step ${runId}`)
  it.host.advance(runId)
  await page.getByText('Pausing after this step').waitFor()
  await page.keyboard.press('Space')
  await expect.poll(() => it.host.paced.at(-1)).toBe(`resume ${runId}`)
  await page.getByRole('button', { name: /^Pause/ }).waitFor()
  expect(await status.innerText()).toContain('Running')
})

test('its buttons do the same, keep the focus, and are gone with the run', async () => {
  it.host.play(recording, pausedAt)
  const console = await it.open()
  await console.goToRun(runId)
  const { page } = console
  await page.getByText(`Paused before ${step}`).waitFor()
  const resume = page.getByRole('button', { name: /^Resume/ })
  await resume.focus()
  // The space bar presses the button that has the focus, once.
  await page.keyboard.press('Space')
  it.host.advance(runId)
  await page.getByRole('button', { name: /^Pause/ }).waitFor()
  expect(it.host.paced).toEqual([`resume ${runId}`])
  expect(await page.locator(':focus').innerText()).toContain('Pause')
  await page.getByRole('button', { name: /^Single step/ }).click()
  await expect.poll(() => it.host.paced).toEqual([`resume ${runId}`, `step ${runId}`])
  it.host.advance(runId, 100)
  await console.verdict.getByText('It ran to the end.').waitFor()
  expect(await page.getByRole('button', { name: /Pause|Resume|Single step/ }).count()).toBe(0)
})

test('a key that is typed, or that chooses a row, does not pause', async () => {
  it.host.play(recording, pausedAt - 1)
  const console = await it.open()
  await console.goToRun(runId)
  await console.sequenceRows.first().focus()
  await console.page.keyboard.press('Space')
  await console.page.keyboard.press('/')
  await console.page.keyboard.type('a step. ')
  await console.page.getByRole('searchbox').waitFor()
  expect(it.host.paced).toEqual([])
})

test('the verdict says what was expected, and whether it came', async () => {
  const expected = 'Both handshakes are accepted, and the call is answered.'
  it.host.play(withExpectation(accepted, expected, true))
  const console = await it.open()
  await console.goToRun(runId)
  await console.verdict.getByText(`As expected: ${expected}`).waitFor()
  expect(await console.page.locator('.run-status').innerText()).toContain('Success')
})

test('a run that ended well and not as expected is loud about it', async () => {
  const unmet = withUnmetAssertion(accepted, 'article should exist, and does not')
  it.host.play(withExpectation(unmet, 'The call is answered.', false))
  const console = await it.open()
  await console.goToRun(runId)
  await console.verdict.getByText('It ran to the end, but not as expected.').waitFor()
  await console.verdict.getByText('article should exist, and does not').waitFor()
  await console.verdict.getByText('Not as expected: The call is answered.').waitFor()
  expect(await console.page.locator('.verdict.loud').count()).toBe(1)
  expect(await console.page.locator('.run-status').innerText()).toContain('Success, not as expected')
})

test('a run that failed as it should is not loud', async () => {
  it.host.play(withExpectation(refused, 'The writer is refused.', true))
  const console = await it.open()
  await console.goToRun(refused.run.run_id)
  await console.verdict.getByText('As expected: The writer is refused.').waitFor()
  expect(await console.page.locator('.verdict.loud').count()).toBe(0)
  expect(await console.page.locator('.run-status').innerText()).toContain('Failed, as expected')
})

test('the form starts a run paused', async () => {
  it.host.next = recording
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/trust-gate@1.0.0')
  await console.page.getByRole('switch', { name: 'Start paused' }).press('Space')
  await console.page.getByRole('button', { name: 'Run', exact: true }).click()
  await console.page.locator('.run-header').waitFor()
  expect(it.host.started).toMatchObject([{ paused: true }])
})
