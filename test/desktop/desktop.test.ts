import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from '../../src/main/api/pages.ts'
import type { ConsoleBridge } from '../../src/shared/bridge.ts'
import type { CallOutput } from '../../src/shared/contract.ts'
import { chromiumMissing, needsChromium } from '../browser/needs-chromium.ts'
import { type DesktopApp, launchDesktop } from '../double/launch.ts'
import { call, library } from './console-page.ts'

declare global {
  interface Window {
    /** Set by a script that must not run. */
    planted?: boolean
  }
}

const screenshots = join(import.meta.dirname, '../../out/screenshots')
const ref = 'intra-org/research-and-write@1.0.0'

let app: DesktopApp
let page: Page

needsChromium()

beforeAll(async () => {
  if (chromiumMissing !== null) return
  mkdirSync(screenshots, { recursive: true })
  app = await launchDesktop()
  page = app.page
  page.setDefaultTimeout(20_000)
})

afterAll(() => app?.close())

describe('the window', () => {
  test('opens the library', async () => {
    await library(page)
    await page.getByText('Research and Write').first().waitFor()
    await page.screenshot({ path: join(screenshots, 'desktop-library.png') })
    expect(await app.ask('state')).toMatchObject({
      windows: 1,
      shown: true,
      size: { width: 1280, height: 800 },
    })
    expect(app.output()).toBe('')
  })

  test('has the web preferences of a page that is trusted with nothing', async () => {
    const { webPreferences, sandboxed, menus } = (await app.ask('state')) as Record<string, unknown>
    expect(webPreferences).toEqual({
      preload: expect.stringMatching(/out.preload.index\.cjs$/),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    })
    expect({ sandboxed, menus }).toEqual({ sandboxed: true, menus: 1 })
  })

  test('gives its page two functions and nothing of Electron or Node', async () => {
    const found = await page.evaluate(() => ({
      bridge: Object.entries(window.consoleBridge ?? {}).map(([name, value]) => [name, typeof value]),
      frozen: Object.isFrozen(window.consoleBridge),
      foreign: [
        'require',
        'process',
        'module',
        'Buffer',
        'global',
        'ipcRenderer',
        'electron',
        '__doubleIpc',
      ].filter((name) => name in window),
    }))
    expect(found).toEqual({
      bridge: [
        ['call', 'function'],
        ['subscribe', 'function'],
      ],
      frozen: true,
      foreign: [],
    })
  })
})

describe('the bridge', () => {
  test('gives values, and errors as data', async () => {
    expect(await call(page, 'health')).toMatchObject({ ok: true, value: { status: 'ok' } })
    expect(await call(page, 'getRun', { run_id: 'none' })).toMatchObject({
      ok: false,
      body: { error: { code: 'run_not_found' } },
    })
  })

  test.each(['nothing', 'runEvents', '__proto__'])('refuses the name %s', async (name) => {
    expect(await call(page, name)).toMatchObject({ ok: false, body: { error: { code: 'not_found' } } })
  })

  test('refuses input that the contract does not have', async () => {
    expect(await call(page, 'getRun', { run_id: 5 })).toMatchObject({
      ok: false,
      body: { error: { code: 'invalid_body' } },
    })
  })
})

describe('the page', () => {
  test('is served with its content policy, and nothing beside the renderer is', async () => {
    const answers = await page.evaluate(async () => {
      const paths = ['index.html', '..%2f..%2fpackage.json', '..%2fmain%2findex.js', 'assets/none.js']
      return Promise.all(
        paths.map(async (path) => {
          const response = await fetch(`/${path}`)
          const { headers, status } = response
          return [status, headers.get('content-security-policy'), headers.get('x-content-type-options')]
        }),
      )
    })
    expect(answers).toEqual([200, 404, 404, 404].map((status) => [status, contentSecurityPolicy, 'nosniff']))
  })

  test('runs no inline script and no eval', async () => {
    const violated = await page.evaluate(async () => {
      const seen = new Promise<string>((resolve) =>
        addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), {
          once: true,
        }),
      )
      const script = document.createElement('script')
      script.textContent = 'window.planted = true'
      document.body.append(script)
      script.remove()
      return window.planted ? 'nothing: the script ran' : seen
    })
    expect(violated).toBe('script-src-elem')
    expect(await page.evaluate(() => window.planted)).toBeUndefined()
  })

  test('reaches no other address', async () => {
    const reached = await page.evaluate(() =>
      fetch('https://foreign.example/').then(
        () => true,
        () => false,
      ),
    )
    expect(reached).toBe(false)
  })

  test('can neither leave nor open a window, and nothing is opened outside', async () => {
    const before = page.url()
    await page.evaluate(() => {
      location.href = 'https://foreign.example/away'
    })
    const opening = page.waitForEvent('popup')
    await page.evaluate(() => void window.open('https://foreign.example/popup'))
    const popup = await opening
    if (!popup.isClosed()) await popup.waitForEvent('close')
    await expect
      .poll(async () => ((await app.ask('state')) as { denied: string[] }).denied)
      .toEqual(['will-navigate https://foreign.example/away', expect.stringMatching(/^window\.open /)])
    expect(page.url()).toBe(before)
    expect(app.context.pages().filter((open) => open.url().includes('app-double'))).toHaveLength(1)
    expect(await app.ask('state')).toMatchObject({ opened: [] })
  })

  test.each([
    ['clipboard-sanitized-write', 'app://console/', true],
    ['clipboard-sanitized-write', 'https://foreign.example/', false],
    ['clipboard-read', 'app://console/', false],
    ['media', 'app://console/', false],
    ['geolocation', 'app://console/', false],
    ['notifications', 'app://console/', false],
    ['openExternal', 'app://console/', false],
  ])('permission %s for %s: %s', async (permission, url, granted) => {
    expect(await app.ask('permission', { permission, url })).toEqual({
      requested: granted,
      checked: granted,
      device: false,
    })
  })
})

describe('a run', () => {
  test('of research-and-write shows the handshake as it was on the wire', async () => {
    const before = app.output()
    await page.getByText('Research and Write').first().click()
    await page.getByRole('button', { name: /^Run/ }).first().click()
    await page.getByText('MUTUAL_HELLO', { exact: true }).first().waitFor()
    await page.getByText('It ran to the end.').waitFor()
    await page.screenshot({ path: join(screenshots, 'desktop-run.png') })
    const answer = (await call(page, 'listRuns')) as { ok: true; value: CallOutput<'listRuns'> }
    expect(answer.value.runs).toMatchObject([{ scenario_ref: ref }])
    expect(app.output()).toBe(before)
  })
})

describe('a page that is not ours', () => {
  test('is refused every call and every stream, even in our window', async () => {
    const started = (await call(page, 'startRun', { scenario_ref: ref })) as {
      ok: true
      value: { run_id: string }
    }
    await app.ask('load', { url: 'https://foreign.example/' })
    await page.waitForURL('https://foreign.example/')
    expect(await call(page, 'health')).toMatchObject({
      ok: false,
      body: { error: { code: 'forbidden_origin' } },
    })
    const heard = await page.evaluate(async (run_id) => {
      const bridge = window.consoleBridge as ConsoleBridge
      let messages = 0
      const count = () => {
        messages += 1
      }
      bridge.subscribe('runEvents', { run_id }, { item: count, end: count, error: count })
      // An answer to a later question comes after whatever an earlier one would have caused.
      await bridge.call('health', {})
      return messages
    }, started.value.run_id)
    expect(heard).toBe(0)
  })
})
