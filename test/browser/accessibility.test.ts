import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { expect, test } from 'vitest'
import type { ConsolePage } from './console-page.ts'
import { accepted } from './recorded-run.ts'
import { playScreens, screens } from './screens.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

for (const theme of ['dark', 'light'] as const)
  test(`no screen has a serious or critical barrier, ${theme}`, async () => {
    playScreens(it.host)
    const console = await it.open({ theme })
    for (const [name, { hash, complete }] of Object.entries(screens)) {
      await console.goTo(hash)
      await console.page.reload()
      await console.page.locator(complete).first().waitFor()
      expect({ name, barriers: await barriers(console) }).toEqual({ name, barriers: [] })
    }
  })

test('nor have the table twins, the menu, the sheet and the screen without a key', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(accepted.run.run_id)
  await console.page.getByRole('button', { name: 'Show as table' }).click()
  await console.page.locator('.sequence-table').waitFor()
  expect(await barriers(console)).toEqual([])
  await console.lens('Trust').click()
  await console.page.getByRole('button', { name: 'Show as table' }).click()
  await console.page.locator('.trust-cell').first().waitFor()
  expect(await barriers(console)).toEqual([])
  await console.page.getByRole('button', { name: 'Theme and text size' }).click()
  await console.page.getByRole('menu').waitFor()
  expect(await barriers(console)).toEqual([])
  await console.page.keyboard.press('Escape')
  await console.page.keyboard.press('?')
  await console.page.getByRole('dialog').waitFor()
  expect(await barriers(console)).toEqual([])
  const other = await it.open()
  await other.page.goto(other.address)
  await other.page.getByRole('heading', { level: 1 }).waitFor()
  expect(await barriers(other)).toEqual([])
})

test('no text is smaller than 13 pixels on any screen', async () => {
  playScreens(it.host)
  const console = await it.open()
  for (const [name, { hash, complete }] of Object.entries(screens)) {
    await console.goTo(hash)
    await console.page.reload()
    await console.page.locator(complete).first().waitFor()
    const small = await console.page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter(
          (element) =>
            [...element.childNodes].some(
              (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
            ) && Number.parseFloat(getComputedStyle(element).fontSize) < 13,
        )
        .map((element) => element.outerHTML.slice(0, 120)),
    )
    expect({ name, small }).toEqual({ name, small: [] })
  }
})

/** In a world of its own, which the content policy of the page does not reach. */
async function barriers(console: ConsolePage): Promise<readonly string[]> {
  const session = await console.page.context().newCDPSession(console.page)
  const { frameTree } = await session.send('Page.getFrameTree')
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as unknown
  }
  await evaluate(`${axeSource};0`)
  const found = await evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )
  await session.detach()
  return (found as axe.Result[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, any, all, none }) =>
          `${id}: ${html.slice(0, 200)} ${[...any, ...all, ...none]
            .map(({ message }) => message)
            .join('; ')
            .slice(0, 200)}`,
      ),
    )
}
