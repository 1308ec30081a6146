import { expect, test } from 'vitest'
import { crowd, withoutPin } from './altered.ts'
import type { ConsolePage } from './console-page.ts'
import { accepted, type Recording, refused } from './recorded-run.ts'
import { delegationChain, keyRotation, revocationDemo, tctRenewal } from './recorded-trust.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()

test('the matrix says who may ask whom for what, and leaves empty what is empty', async () => {
  const console = await table(delegationChain)
  expect(await cells(console)).toEqual({
    'researcher → Content Writer': 'V valid write.content expires in 58 min',
    'Content Writer → researcher': 'V valid research.query expires in 58 min',
    'sub-researcher → Content Writer': 'V valid by redemption write.content expires in 8 min',
  })
  await console.page.getByText('3 valid tokens now').waitFor()
})

test('a revoked token is no longer valid, and the call that was refused for it stands beside it', async () => {
  const console = await table(revocationDemo)
  expect(await cells(console)).toMatchObject({
    'Content Writer → Research Analyst': 'R revoked research.query D last call refused TCT_REVOKED',
    'Research Analyst → Content Writer': 'V valid write.content expires in 58 min',
  })
})

test('tokens that a renewal or a new key replaced are counted, and not shown as what holds', async () => {
  expect(await cells(await table(tctRenewal))).toMatchObject({
    'Research Analyst → Content Writer':
      'V valid by renewal write.content expires in 58 min also held: 1 valid, 1 renewed since',
  })
  expect(await cells(await table(keyRotation))).toMatchObject({
    'Research Analyst → Content Writer':
      'V valid write.content expires in 58 min also held: 1 key rotated since',
  })
})

test('a handshake that failed is refused both ways with its code', async () => {
  expect(await cells(await table(refused))).toEqual({
    'Research Analyst → Content Writer': 'D refused IDENTITY_FAILED',
    'Content Writer → Research Analyst': 'D refused IDENTITY_FAILED',
  })
})

test('a token of an issuer that nothing was pinned for is not green', async () => {
  const found = await cells(await table(withoutPin(accepted)))
  expect(Object.values(found).filter((text) => text.startsWith('U valid, issuer not pinned'))).toHaveLength(1)
})

test('at the selected event the matrix is as it was then', async () => {
  const console = await table(revocationDemo, '&event=12')
  await console.page.getByRole('radio', { name: 'At the selected event' }).click()
  await console.page.getByText('2 valid tokens at event 12').waitFor()
  expect(Object.values(await cells(console))).toEqual([
    expect.stringMatching(/^V valid write.content/),
    expect.stringMatching(/^V valid research.query/),
  ])
  await console.page.getByRole('radio', { name: 'Now' }).click()
  await console.page.getByText('1 valid token now').waitFor()
})

test('while a run goes on, trust appears as it happens and nothing ahead of it', async () => {
  it.host.play(delegationChain, 11)
  const { run_id: runId } = delegationChain.run
  const console = await it.open()
  await console.goToRun(runId, '?lens=trust')
  await console.page.getByText('No trust yet').waitFor()
  it.host.advance(runId, 2)
  await edge(console, 'researcher may ask Content Writer: pending').waitFor()
  expect(await console.page.locator('.react-flow__edge').count()).toBe(2)
  it.host.advance(runId, 1)
  await edge(console, 'Content Writer may ask researcher: research.query, valid').waitFor()
  expect(await edge(console, 'researcher may ask Content Writer: pending').count()).toBe(1)
  it.host.advance(runId, 5)
  await edge(
    console,
    'researcher delegates to sub-researcher: write.content, issued, not verified yet',
  ).waitFor()
  expect(await edge(console, 'sub-researcher may ask Content Writer').count()).toBe(0)
  it.host.advance(runId, 100)
  await edge(console, 'sub-researcher may ask Content Writer: write.content, valid').waitFor()
})

test('a run in which nobody asked for a token says so at its end', async () => {
  const { run, exchanges } = delegationChain
  const last = run.events.at(-1)
  if (!last) throw new TypeError('the recording is empty')
  const events = [...run.events.slice(0, 11), { ...last, seq: 12, cause_seq: [] }]
  const console = await opened({ run: { ...run, events }, exchanges })
  await console.page.getByText('Nobody trusted anybody').waitFor()
})

test('without a mouse: the arrows reach a cell, and Enter selects the event that made it so', async () => {
  const console = await opened(revocationDemo)
  const { keyboard } = console.page
  await keyboard.press('1')
  await keyboard.press('5')
  await console.page.getByRole('tab', { name: /^Trust/, selected: true }).waitFor()
  await console.page.getByRole('button', { name: 'Show as table' }).focus()
  await keyboard.press('Enter')
  await console.page.getByRole('grid').waitFor()
  await console.page.getByRole('radio', { name: 'Now' }).focus()
  await keyboard.press('Tab')
  await keyboard.press('ArrowDown')
  for (const _cell of [1, 2]) await keyboard.press('ArrowRight')
  await keyboard.press('Enter')
  await console.inspector.getByText('tct.revoked').waitFor()
  await console.page.locator('.trust-cell[aria-pressed="true"]', { hasText: 'revoked' }).waitFor()
  await keyboard.press('2')
  await console.page.locator('#event-21[aria-selected="true"]').waitFor()
})

test('without a mouse: an arrow and an agent of the graph select what a click on them selects', async () => {
  // Still going on, so that the space bar could also pause it.
  const console = await opened(revocationDemo, '', 26)
  const revoked = edge(console, 'Content Writer may ask Research Analyst: research.query, revoked')
  await revoked.focus()
  await console.page.keyboard.press('Enter')
  await console.inspector.getByText('tct.revoked').waitFor()
  await console.page.keyboard.press('Escape')
  await console.inspector.waitFor({ state: 'detached' })
  await console.page.locator('.trust-label', { hasText: 'revoked' }).click()
  await console.inspector.getByText('tct.revoked').waitFor()
  const agent = console.page.getByRole('button', { name: 'Content Writer internal ready' })
  await agent.focus()
  await console.page.keyboard.press('Space')
  await console.inspector.getByText('agent.ready').waitFor()
  expect(it.host.paced).toEqual([])
})

test('what is selected elsewhere is selected in both forms', async () => {
  const console = await opened(revocationDemo, '&event=11')
  await console.page.locator('.trust-label.selected', { hasText: 'write.content' }).waitFor()
  await console.page.getByRole('button', { name: 'Show as table' }).click()
  await console.page.locator('.trust-cell[aria-pressed="true"]', { hasText: 'write.content' }).waitFor()
})

test('however many agents, the whole graph is in view, nobody stands on anybody, and all is in the matrix', async () => {
  for (const agents of [4, 50]) {
    const recording = crowd(accepted, agents)
    const console = await opened(recording)
    await console.page
      .locator('.react-flow__node')
      .nth(agents - 1)
      .waitFor()
    const picture = await console.page.locator('.trust-graph').boundingBox()
    const boxes = await Promise.all(
      (await console.page.locator('.react-flow__node').all()).map((node) => node.boundingBox()),
    )
    const inside = boxes.filter((box) => box && picture && contains(picture, box))
    const overlapping = boxes.filter((box, index) =>
      boxes.slice(index + 1).some((other) => box && other && overlap(box, other)),
    )
    expect({ inside: inside.length, overlapping }).toEqual({ inside: agents, overlapping: [] })
    await console.page.getByRole('button', { name: 'Show as table' }).click()
    await console.page.getByRole('row').nth(agents).waitFor()
    expect(Object.keys(await cells(console))).toHaveLength(agents)
  }
})

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function contains(outer: Box, { x, y, width, height }: Box): boolean {
  const [right, bottom] = [outer.x + outer.width, outer.y + outer.height]
  return x >= outer.x && y >= outer.y && x + width <= right && y + height <= bottom
}

function overlap(one: Box, other: Box): boolean {
  const apart = (start: 'x' | 'y', size: 'width' | 'height') =>
    one[start] + one[size] <= other[start] || other[start] + other[size] <= one[start]
  return !apart('x', 'width') && !apart('y', 'height')
}

async function opened(recording: Recording, query = '', upTo?: number): Promise<ConsolePage> {
  it.host.play(recording, upTo)
  const console = await it.open()
  await console.goToRun(recording.run.run_id, `?lens=trust${query}`)
  await console.page.locator('.trust-lens').waitFor()
  return console
}

async function table(recording: Recording, query = ''): Promise<ConsolePage> {
  const console = await opened(recording, query)
  await console.page.getByRole('button', { name: 'Show as table' }).click()
  await console.page.getByRole('grid').waitFor()
  return console
}

/** What each cell that says something says, as `holder → issuer`. */
async function cells({ page }: ConsolePage): Promise<Record<string, string>> {
  const [heads = [], ...rows] = await page.getByRole('row').evaluateAll((found) =>
    found.map((row) =>
      [
        ...row.querySelectorAll<HTMLElement>('[role="columnheader"], [role="rowheader"], [role="gridcell"]'),
      ].map((cell) => {
        const [head] = cell.innerText.split('\n')
        return cell.role === 'gridcell'
          ? (cell.querySelector<HTMLElement>('.trust-cell')?.innerText ?? '').replace(/\s+/g, ' ').trim()
          : (head ?? '')
      }),
    ),
  )
  return Object.fromEntries(
    rows.flatMap(([holder, ...texts]) =>
      texts.flatMap((text, index) => (text === '' ? [] : [[`${holder} → ${heads[index + 1]}`, text]])),
    ),
  )
}

function edge({ page }: ConsolePage, name: string) {
  return page.getByRole('button', { name })
}
