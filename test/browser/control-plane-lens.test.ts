import { expect, test } from 'vitest'
import type { Projections } from '../../src/shared/projections.ts'
import type { ConsolePage } from './console-page.ts'
import { inTwoBatches, projectionsOf } from './recorded-control-plane.ts'
import { accepted } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const { run_id: runId, created_at: startedAt, events } = accepted.run

test('what happened stands beside what was sent and what is shown, one row a thing', async () => {
  const console = await opened(projectionsOf(accepted))
  await console.page.getByText(`${events.length} of ${events.length} events taken`).waitFor()
  expect(await differences(console)).toEqual(Array.from({ length: 6 }, () => 'V As it happened'))
  const token = row(console, /^Token/).first()
  await token.getByText('taken, 200').waitFor()
  expect(await token.locator('td').nth(0).innerText()).toBe(await token.locator('td').nth(2).innerText())
})

test('members that are shown otherwise stand side by side, with the reason in words', async () => {
  const console = await opened(
    projectionsOf(accepted, ({ kind }, index) => (kind === 'tct' && index === 2 ? { grants: ['all'] } : {})),
  )
  const token = row(console, /Shown otherwise/)
  await token.getByText('grants is shown otherwise than it happened.').waitFor()
  expect(await token.locator('.differing').allInnerTexts()).toEqual(['grants\nresearch.query', 'grants\nall'])
})

test('each difference has a word and a mark of its own', async () => {
  const console = await opened(
    projectionsOf(accepted, (_fact, index) => (index < 2 ? { aidA: null, aidB: null } : null), [
      { first_seq: 1, last_seq: 9, sent_at: startedAt, status: null, error: 'ECONNREFUSED' },
      { first_seq: 10, last_seq: 10, sent_at: startedAt, status: 413, error: 'too large' },
      { first_seq: 11, last_seq: 14, sent_at: startedAt, status: 200, error: null },
    ]),
  )
  expect(await differences(console)).toEqual([
    'U Shown without parties',
    'U Shown without parties',
    'D Lost',
    'D Refused',
    'E Stored, not shown',
    'S Not sent',
  ])
  await console.page.getByText(`4 of ${events.length} events taken`).waitFor()
  const untaken = console.page.getByRole('list', { name: 'Batches that were not taken' })
  expect(await untaken.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringContaining('events 1 to 9: no answer, ECONNREFUSED'),
    expect.stringContaining('event 10: refused, 413, too large'),
  ])
})

test('what only the Control Plane knows of is a row without an event to select', async () => {
  const projections = projectionsOf(accepted)
  const [session] = projections.rows
  if (!session) throw new TypeError('the recording has no session')
  projections.rows.push({
    ...session,
    id: 'stranger',
    local: null,
    event_seqs: [],
    sent: null,
    difference: 'unknown_here',
    explanation: 'Somebody else reported it.',
  })
  const console = await opened(projections)
  const stranger = row(console, /Unknown here/)
  await stranger.getByText('Nothing in this log').waitFor()
  expect(await stranger.locator('.link').count()).toBe(0)
})

test('only differences are shown when that is wished, and none says so', async () => {
  const projections = projectionsOf(accepted, (_fact, index) => (index === 5 ? null : {}))
  const console = await opened(projections)
  await console.page.getByText('1 of 6 shown otherwise than they happened').waitFor()
  await console.page.getByRole('button', { name: 'Only differences' }).click()
  expect(await differences(console)).toEqual(['E Stored, not shown'])
  it.host.projections.set(runId, projectionsOf(accepted))
  await console.page.getByText('There is no difference').waitFor()
  await console.page.getByRole('button', { name: 'Show all' }).click()
  expect(await differences(console)).toHaveLength(6)
})

test('without a mouse: a row selects the last event that told of it, in every lens', async () => {
  const projections = projectionsOf(accepted)
  it.host.projections.set(runId, projections)
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId)
  const { keyboard } = console.page
  await keyboard.press('4')
  await console.page.getByRole('tab', { name: /^Control Plane/, selected: true }).waitFor()
  await row(console, /^Session/)
    .first()
    .waitFor()
  await console.page.getByRole('button', { name: 'Only differences' }).focus()
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await console.inspector.waitFor()
  const seq = projections.rows[0]?.event_seqs.at(-1)
  expect(new URL(console.page.url()).hash).toContain(`event=${seq}`)
  expect(
    await row(console, /^Session/)
      .first()
      .getAttribute('aria-selected'),
  ).toBe('true')
  await keyboard.press('2')
  await console.page.locator(`#event-${seq}[aria-selected="true"]`).waitFor()
})

test('a run without a Control Plane says so', async () => {
  it.host.play(accepted)
  const console = await it.open()
  await console.goToRun(runId, '?lens=control-plane')
  await console.page.getByText('This run has no Control Plane').waitFor()
})

test('one that is away leaves what was sent, and the rows come when it answers', async () => {
  const projections = projectionsOf(accepted)
  const console = await opened({ ...projections, reachable: false, rows: [] })
  await console.page.getByText('The Control Plane of this run does not answer').waitFor()
  await console.page.getByText(`${events.length} of ${events.length} events taken`).waitFor()
  it.host.projections.set(runId, projections)
  await row(console, /^Session/)
    .first()
    .waitFor()
})

test('while a run goes on its report does too, and rows appear as they happen', async () => {
  it.host.play(accepted, 6)
  const begun = { ...projectionsOf(accepted), event_count: 6, taken_count: 3, rows: [] }
  it.host.projections.set(runId, { ...begun, batches: inTwoBatches(6, startedAt).slice(0, 1) })
  const console = await it.open()
  await console.goToRun(runId, '?lens=control-plane')
  await console.page.getByText('Nothing to compare yet').waitFor()
  await console.page.getByText('in 1 batch; the run goes on, and so does its report').waitFor()
  it.host.advance(runId, events.length)
  it.host.projections.set(runId, projectionsOf(accepted))
  await row(console, /^Token/)
    .nth(3)
    .waitFor()
  expect(await console.page.getByText('the run goes on').count()).toBe(0)
})

test('a run in which nothing is to compare says so at its end', async () => {
  const console = await opened({ ...projectionsOf(accepted), rows: [] })
  await console.page.getByText('Nothing to compare', { exact: true }).waitFor()
})

async function opened(projections: Projections): Promise<ConsolePage> {
  it.host.play(accepted)
  it.host.projections.set(runId, projections)
  const console = await it.open()
  await console.goToRun(runId, '?lens=control-plane')
  await console.page.locator('.taken').waitFor()
  return console
}

function row({ page }: ConsolePage, name: RegExp) {
  return page.locator('.projections-table tbody tr').filter({ hasText: name })
}

async function differences({ page }: ConsolePage): Promise<readonly string[]> {
  const texts = await page.locator('.difference').allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}
