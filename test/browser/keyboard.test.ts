import { expect, test } from 'vitest'
import { accepted, refused } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()

test('without a mouse: find a scenario, run it, open the failed check, read its message', async () => {
  it.host.next = refused
  const console = await it.open()
  await console.signIn()
  const { keyboard } = console.page
  const focused = console.page.locator(':focus')

  await keyboard.press('/')
  await keyboard.type('gate')
  await console.page.getByText('1 of 2 scenarios').waitFor()
  await tabTo(/Trust Gate/)
  await keyboard.press('Enter')

  await console.page.getByRole('form').waitFor()
  await tabTo(/^Run$/)
  await keyboard.press('Enter')
  await console.page.locator('.run-header').waitFor()
  it.host.advance(refused.run.run_id, 100)
  await console.verdict.getByText('refused the MANIFEST').waitFor()

  await keyboard.press(']')
  await console.inspector.locator('.rung.failed').waitFor()
  await keyboard.press('6')
  await expect.poll(() => focused.innerText()).toContain('Checks')
  await keyboard.press('Home')
  await console.inspector.getByText('refused it because the check').waitFor()
  await keyboard.press('Escape')
  await console.inspector.waitFor({ state: 'detached' })

  async function tabTo(name: RegExp): Promise<void> {
    for (let presses = 0; presses < 40; presses += 1) {
      await keyboard.press('Tab')
      if (name.test((await focused.innerText()).trim())) return
    }
    throw new Error(`Tab never came to ${name}`)
  }
})

test('arrows move through the sequence, fold it and unfold it; Enter opens the message', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(accepted.run.run_id)
  const { keyboard } = console.page
  await console.sequenceRows.first().focus()
  const at = () => console.page.locator(':focus').innerText()
  await keyboard.press('ArrowDown')
  expect(await at()).toContain('MANIFEST_REQUEST')
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowDown')
  expect(await at()).toMatch(/^MUTUAL_HELLO$/m)
  await keyboard.press('Enter')
  await console.inspector.getByRole('radio', { name: 'MUTUAL_HELLO', exact: true, checked: true }).waitFor()
  const all = await console.sequenceRows.count()
  await keyboard.press('ArrowLeft')
  await keyboard.press('ArrowLeft')
  await expect.poll(() => console.sequenceRows.count()).toBe(all - 6)
  await keyboard.press('ArrowRight')
  await expect.poll(() => console.sequenceRows.count()).toBe(all)
  await keyboard.press('End')
  expect(await at()).toContain('CAPABILITY_RESPONSE')
})

test('arrows move through the timeline, and what is selected is in view', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(accepted.run.run_id)
  const { keyboard } = console.page
  await keyboard.press('2')
  await console.page.getByRole('listbox', { name: 'Events' }).focus()
  await keyboard.press('End')
  await console.inspector.getByText('run.complete').waitFor()
  await console.events.filter({ hasText: 'The run is complete.' }).waitFor()
  await keyboard.press('ArrowUp')
  await console.inspector.getByText('agent.exited').waitFor()
  await keyboard.press('Home')
  await console.inspector.getByText('run.started').waitFor()
})

test('keys change the lens, but not while something is typed', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(accepted.run.run_id)
  await console.page.keyboard.press('3')
  await console.page.locator('.outputs').waitFor()
  await console.page.keyboard.press('/')
  await console.page.keyboard.type('1')
  expect(await console.lens('Timeline').getAttribute('aria-selected')).toBe('true')
})

test('the sheet of shortcuts opens with ? and gives the focus back', async () => {
  const console = await it.open()
  await console.signIn()
  await console.page.getByRole('link', { name: 'AITP Trust Console' }).focus()
  await console.page.keyboard.press('?')
  const sheet = console.page.getByRole('dialog', { name: 'Keys and marks' })
  await sheet.getByText('Next and previous failure, with its checks').waitFor()
  await console.page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await expect.poll(() => console.page.locator(':focus').innerText()).toContain('AITP Trust Console')
})

test('the theme and the size of the text are chosen by key and kept', async () => {
  const console = await it.open({ theme: 'dark' })
  await console.signIn()
  const { keyboard } = console.page
  const background = () => console.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(await background()).toBe('rgb(15, 19, 24)')
  await console.page.getByRole('button', { name: 'Theme and text size' }).focus()
  await keyboard.press('Enter')
  await console.page.getByRole('menuitemradio', { name: 'Light' }).focus()
  await keyboard.press('Enter')
  expect(await background()).toBe('rgb(246, 247, 249)')
  await console.page.reload()
  await console.page.getByRole('heading', { name: 'Library' }).waitFor()
  expect(await background()).toBe('rgb(246, 247, 249)')
})
