import { expect, test } from 'vitest'
import { AppError, errorBody } from '../../src/shared/errors.ts'
import type { ConsolePage } from './console-page.ts'
import { away, busyControlPlane, changed, embedded, fresh } from './recorded-control-plane.ts'
import { accepted } from './recorded-run.ts'
import { withConsole } from './with-console.ts'

const it = withConsole()
const hash = '#/control-plane'

test('without a Control Plane it says so, and what runs do then', async () => {
  const console = await it.open()
  await console.goTo(hash)
  await console.page.getByRole('heading', { name: 'No Control Plane is configured' }).waitFor()
  await console.page.getByText('Runs skip the steps that need one and say so').waitFor()
  expect(await console.page.getByRole('tab').count()).toBe(0)
})

test('until the host has answered there are bars where rows will be', async () => {
  it.host.controlPlane = embedded
  const console = await it.open()
  let answer: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  await console.page.route('**/cp/status', async (route) => {
    await held
    await route.continue()
  })
  await console.goTo(hash)
  await console.page.getByRole('status').getByText('Loading the Control Plane').waitFor()
  answer()
  await console.page.getByRole('row', { name: /Research Analyst/ }).waitFor()
})

test('one that is away says what goes on without it, and is shown as soon as it answers', async () => {
  it.host.controlPlane = away
  const console = await it.open()
  await console.goTo(hash)
  await console.page.getByText('does not answer').waitFor()
  await console.page.getByText('Runs go on without it').waitFor()
  await console.page.getByText('The Control Plane did not answer for the registry').waitFor()
  it.host.controlPlane = embedded
  await console.page.getByRole('row', { name: /Research Analyst.*active/ }).waitFor()
  expect(await console.page.getByText('Runs go on without it').count()).toBe(0)
})

test('what the host could not answer is said with its code, and asked again', async () => {
  it.host.controlPlane = embedded
  const console = await it.open()
  const refusal = errorBody(new AppError('not_found', 'Not from here.'))
  await console.page.route('**/cp/audit', (route) => route.fulfill({ status: 404, json: refusal }))
  await console.goTo(`${hash}?tab=audit`)
  await console.page.getByRole('alert').getByText('Could not read the audit log').waitFor()
  await console.page.getByText('Not from here.').waitFor()
  await console.page.getByRole('button', { name: 'Try again' }).waitFor()
  await console.page.unroute('**/cp/audit')
  await console.page.getByRole('row', { name: /agent.register/ }).waitFor()
  // The browser itself reports each refusal.
  expect(console.complaints.splice(0).length).toBeGreaterThan(0)
})

test('who it is, and whether it is the one that was pinned', async () => {
  it.host.controlPlane = embedded
  const console = await it.open()
  await console.goTo(hash)
  const header = console.page.locator('.plane-header')
  await header.getByText('the pinned one').waitFor()
  expect(await header.innerText()).toContain(embedded.status.base_url)

  it.host.controlPlane = { ...embedded, status: { ...embedded.status, pinned_aid: null } }
  await header.getByText('Nobody said in advance who it is').waitFor()
  expect(await header.locator('.state:has-text("not pinned") .tone-caution').count()).toBe(1)

  it.host.controlPlane = { ...embedded, status: { ...embedded.status, pinned_aid: 'aid:pubkey:other' } }
  await header.getByText('not the pinned one').waitFor()
})

test.each([
  ['registry', 'No agent is registered'],
  ['sessions', 'No session yet'],
  ['tokens', 'No token yet'],
  ['delegations', 'No delegation yet'],
  ['revocations', 'Nothing is revoked'],
  ['trust', 'No pinned key'],
  ['webhooks', 'No webhook is subscribed'],
  ['audit', 'Nothing was changed by an administrator'],
])('where nothing happened, %s says why', async (tab, title) => {
  it.host.controlPlane = fresh
  const console = await it.open()
  await console.goTo(`${hash}?tab=${tab}`)
  const empty = console.page.locator('.empty').filter({ hasText: title })
  expect((await empty.locator('p').innerText()).length).toBeGreaterThan(20)
})

test('agents of every status are told apart by word and mark', async () => {
  const console = await opened('registry')
  expect(await states(console)).toEqual(['V active', 'X expired', 'S deregistered'])
})

test('a session that failed, a token that was revoked and one that expired are marked', async () => {
  it.host.controlPlane = changed(busyControlPlane, ({ tcts }) => {
    Object.assign(tcts.items[0] ?? {}, { expiresAt: '2026-01-01T00:00:00.000Z' })
  })
  const console = await it.open()
  await console.goTo(`${hash}?tab=sessions`)
  await console.page.getByRole('row', { name: /failed/ }).waitFor()
  expect((await states(console)).at(-1)).toBe('D failed')
  await console.goTo(`${hash}?tab=tokens`)
  await console.page.getByRole('row', { name: /revoked/ }).waitFor()
  const found = await states(console)
  expect(found[0]).toBe('X expired')
  expect(found.filter((state) => state === 'R revoked')).toHaveLength(1)
})

test('a delegation stands below the one it came from, and one in a circle is not lost', async () => {
  it.host.controlPlane = changed(busyControlPlane, ({ delegations: { items } }) => {
    items.push({ ...items[0], jti: 'circle', parentJti: 'circle' })
  })
  const console = await it.open()
  await console.goTo(`${hash}?tab=delegations`)
  const names = console.page.locator('.hop')
  await names.first().waitFor()
  expect((await names.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
    expect.stringMatching(/^Hop 1/),
    'Hop 2 second-hop',
    expect.stringMatching(/^Hop 1/),
    'Hop 1 circle',
  ])
})

test('the revocation list is shown with its age, its entries and the ladder of its verification', async () => {
  const console = await opened('revocations')
  const ladder = console.page.getByRole('region', { name: 'Checks of revocation_list' })
  await ladder.getByText('7 passed, 1 skipped, reported by this console').waitFor()
  await console.page.getByRole('row', { name: /compromised-token/ }).waitFor()
  await console.page.getByText('the pinned one').nth(1).waitFor()

  it.host.controlPlane = changed(embedded, ({ 'revocation-list': { report } }) => {
    const issuer = report?.checks.find(({ id }) => id === 'revocation.issuer')
    Object.assign(issuer ?? {}, { status: 'skipped', expected: null, actual: 'no issuer is pinned' })
  })
  await ladder.locator('.ladder-head .tone-caution').waitFor()

  it.host.controlPlane = changed(embedded, ({ 'revocation-list': { report } }) => {
    const signature = report?.checks.find(({ id }) => id === 'revocation.signature')
    Object.assign(signature ?? {}, { status: 'failed', actual: 'does not verify' })
    Object.assign(report ?? {}, { verdict: 'refused', code: 'INVALID_SIGNATURE' })
  })
  await ladder.getByText('INVALID_SIGNATURE').waitFor()
  await ladder.locator('.rung.failed').waitFor()
})

test('a webhook shows its breaker, what was delivered, and why an attempt failed', async () => {
  const console = await opened('webhooks')
  const webhook = console.page.getByRole('region', { name: /00000000/ })
  await webhook.getByText('open after 5 failures in a row').waitFor()
  expect(await webhook.locator('.fact-list .tone-refused').allInnerTexts()).toContain('HTTP 404')
  await webhook.getByRole('row', { name: /failed.*404/ }).waitFor()
  await console.page.getByRole('region', { name: /quiet/ }).getByText('Nothing was delivered yet').waitFor()
})

test('without a mouse: from the library to the audit log and into a run', async () => {
  it.host.controlPlane = embedded
  const console = await it.open()
  await console.signIn()
  const { keyboard } = console.page
  const focused = console.page.locator(':focus')
  await console.page.getByRole('link', { name: 'Control Plane' }).focus()
  await keyboard.press('Enter')
  await console.page.getByRole('heading', { level: 1, name: 'Control Plane' }).waitFor()
  await tabTo(/^Registry$/)
  await keyboard.press('End')
  await console.page.getByRole('row', { name: /trust-anchor.create/ }).waitFor()
  expect(new URL(console.page.url()).hash).toBe('#/control-plane?tab=audit')
  await keyboard.press('Home')
  await keyboard.press('ArrowRight')
  await console.page
    .getByRole('row', { name: /complete/ })
    .first()
    .waitFor()
  await tabTo(/^[0-9a-f]{8}$/)
  expect(await focused.getAttribute('href')).toMatch(/^#\/runs\//)

  async function tabTo(name: RegExp): Promise<void> {
    for (let presses = 0; presses < 20; presses += 1) {
      if (name.test((await focused.innerText()).trim())) return
      await keyboard.press('Tab')
    }
    throw new Error(`Tab never came to ${name}`)
  }
})

test('the way back from the run of a session leads to the sessions', async () => {
  it.host.play(accepted)
  it.host.controlPlane = changed(embedded, ({ sessions }) => {
    Object.assign(sessions.records[0] ?? {}, { runId: accepted.run.run_id })
  })
  const console = await it.open()
  await console.goTo(`${hash}?tab=sessions`)
  await console.page.getByRole('link', { name: accepted.run.run_id.slice(0, 8) }).click()
  await console.page.reload()
  await console.page.locator('.run-header').waitFor()
  await console.page.goBack()
  await console.page.getByRole('tab', { name: 'Sessions', selected: true }).waitFor()
})

async function opened(tab: string): Promise<ConsolePage> {
  it.host.controlPlane = busyControlPlane
  const console = await it.open()
  await console.goTo(`${hash}?tab=${tab}`)
  await console.page.locator('.tab-panel .state').first().waitFor()
  return console
}

async function states(console: ConsolePage): Promise<readonly string[]> {
  const texts = await console.page.locator('.tab-panel td .state').allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}
