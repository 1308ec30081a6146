import { expect, test } from 'vitest'
import { AppError } from '../../src/shared/errors.ts'
import { accepted, refused } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()

test('the printed address opens the library once, and its code is gone from the address', async () => {
  const console = await it.open()
  await console.signIn()
  expect(new URL(console.page.url()).hash).toBe('#/')
  await console.page.reload()
  await console.page.getByRole('link', { name: /Trust Gate/ }).waitFor()
})

test('an address without a code says what to open instead', async () => {
  const console = await it.open()
  await console.page.goto(new URL('/', console.address).href)
  await console.page.getByRole('heading', { name: 'Open a new address' }).waitFor()
})

test('a code that was used already says so', async () => {
  const first = await it.open()
  await first.signIn()
  const second = await it.open()
  await second.page.goto(`${second.address}/#code=${it.host.code}`)
  await second.page.getByText('was used already; each works once').waitFor()
  // The browser itself reports the refusal of the code.
  expect(second.complaints.splice(0)).toHaveLength(1)
})

test('search narrows the scenarios and says how many are left', async () => {
  const console = await it.open()
  await console.signIn()
  const rows = console.page.locator('.scenario-row')
  await rows.nth(1).waitFor()
  await console.page.keyboard.press('/')
  await console.page.keyboard.type('access cross-org')
  await console.page.getByText('1 of 2 scenarios').waitFor()
  expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('Trust Gate')])
  await console.page.keyboard.type(' nothing')
  await console.page.getByRole('button', { name: 'Show every scenario' }).click()
  await console.page.getByText('2 of 2 scenarios').waitFor()
})

test('a broken file is named with its place and reason, and the rest works', async () => {
  const console = await it.open()
  await console.signIn()
  const problems = console.page.getByRole('region', { name: 'Problems in scenario files' })
  await problems.getByText('cross-org/broken/1.0.0/scenario.yaml:11:12').waitFor()
  await problems.getByText('There is no agent manifest _shared/agents/researchr.yaml.').waitFor()
  expect(await console.page.locator('.scenario-row').count()).toBe(2)
})

test('no runs yet is not an empty list', async () => {
  const console = await it.open()
  await console.signIn()
  await console.page.getByRole('heading', { name: 'None yet' }).waitFor()
})

test('recent runs show their status, the newest first', async () => {
  it.host.play(accepted)
  it.host.play(refused)
  const console = await it.open()
  await console.signIn()
  const runs = console.page.locator('.run-row')
  await runs.nth(1).waitFor()
  expect(await runs.locator('.run-status').allInnerTexts()).toEqual([
    expect.stringContaining('Failed'),
    expect.stringContaining('Success'),
  ])
})

test('the form starts with the defaults of the schema and sends typed values', async () => {
  it.host.next = accepted
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/trust-gate@1.0.0')
  const form = console.page.getByRole('form', { name: 'Run this scenario' })
  expect(await form.getByLabel('topic').inputValue()).toBe('AI agent identity')
  await form.getByLabel('words').fill('300')
  await form.getByLabel('notes').fill('{"tone": "dry"}')
  await form.getByText('sources', { exact: true }).click()
  await form.getByRole('button', { name: 'style' }).click()
  await console.page.getByRole('option', { name: 'technical' }).click()
  await form.getByRole('button', { name: 'Run' }).click()
  await console.page.locator('.run-header').waitFor()
  expect(it.host.started).toEqual([
    {
      scenario_ref: 'cross-org/trust-gate@1.0.0',
      inputs: {
        topic: 'AI agent identity',
        style: 'technical',
        words: 300,
        sources: false,
        notes: { tone: 'dry' },
      },
      template: null,
      paused: false,
      run_label: null,
    },
  ])
})

test('an input that does not fit disables Run and says why', async () => {
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/trust-gate@1.0.0')
  const run = console.page.getByRole('button', { name: 'Run', exact: true })
  for (const [field, text, why] of [
    ['topic', '', 'This input is required.'],
    ['topic', 'AI', 'At least 3 characters.'],
    ['words', '12.5', 'This is not a whole number.'],
    ['words', '10', 'The least value is 50.'],
    ['notes', '{', 'This is not JSON.'],
  ] as const) {
    const input = console.page.getByLabel(field)
    const before = await input.inputValue()
    await input.fill(text)
    await console.page.getByText(why).waitFor()
    expect({ field, disabled: await run.isDisabled() }).toEqual({ field, disabled: true })
    await console.page.getByText(`It cannot run yet: ${field}.`).waitFor()
    await input.fill(before)
    expect({ field, disabled: await run.isDisabled() }).toEqual({ field, disabled: false })
  }
})

test('what the host refuses is said at the field it names', async () => {
  it.host.refuseRunWith = new AppError('invalid_inputs', 'topic is on the list of forbidden topics', {
    details: [{ path: 'topic', message: 'is on the list of forbidden topics' }],
  })
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/trust-gate@1.0.0')
  await console.page.getByRole('button', { name: 'Run', exact: true }).click()
  await console.page
    .locator('.field', { hasText: 'topic' })
    .getByText('is on the list of forbidden topics')
    .waitFor()
  await console.page.getByRole('alert').getByText('invalid_inputs').waitFor()
  expect(console.complaints.splice(0)).toHaveLength(1)
})

test('a variant is sent by its name', async () => {
  it.host.next = accepted
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/trust-gate@1.0.0')
  await console.page.getByRole('button', { name: /Variant/ }).click()
  await console.page.getByRole('option', { name: 'lazy' }).click()
  await console.page.getByText('One handshake, just before the call that needs it.').waitFor()
  await console.page.getByRole('button', { name: 'Run', exact: true }).click()
  await console.page.locator('.run-header').waitFor()
  expect(it.host.started).toEqual([expect.objectContaining({ template: 'lazy' })])
})

test('an unknown scenario is not a failure of the console', async () => {
  const console = await it.open()
  await console.goTo('#/scenarios/cross-org/no-such@9.9.9')
  await console.page.getByRole('heading', { name: 'There is no such scenario' }).waitFor()
  expect(console.complaints.splice(0)).toHaveLength(1)
})
