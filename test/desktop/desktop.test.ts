import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentSecurityPolicy } from '../../src/main/api/pages.ts'
import type { Answer, ConsoleBridge } from '../../src/shared/bridge.ts'
import type { CallName, CallOutput } from '../../src/shared/contract.ts'
import { type DesktopApp, launchDesktop } from '../double/launch.ts'

declare global {
  interface Window {
    readonly consoleBridge?: ConsoleBridge
    /** Set by a script that must not run. */
    planted?: boolean
  }
}

const screenshots = join(import.meta.dirname, '../../out/screenshots')
const ref = 'intra-org/research-and-write@1.0.0'

let app: DesktopApp
let page: Page

/** Asks the host as a script in the page would. */
function call(of: Page, name: string, input: unknown = {}) {
  return of.evaluate(
    ({ name, input }) => (window.consoleBridge as ConsoleBridge).call(name as CallName, input as never),
    { name, input },
  ) as Promise<Answer<unknown>>
}

function library(of: Page) {
  return of.getByRole('heading', { level: 1, name: 'Library' }).waitFor()
}

beforeAll(async () => {
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

describe('beside a console that serves this data folder already', () => {
  test('the window shows that one, runs included, and leaves it running', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'desktop-shared-'))
    const cli = join(import.meta.dirname, '../../out/main/cli.js')
    const served = spawn(process.execPath, [cli, 'serve', '--port', '0', '--data', dataDir], {
      env: { ...process.env, AGENT_BASE_PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      await once(served.stdout, 'data')
      const other = await launchDesktop({ AITP_CONSOLE_HOME: dataDir })
      try {
        await library(other.page)
        await other.page.getByText('Research and Write').first().click()
        await other.page.getByRole('button', { name: /^Run/ }).first().click()
        await other.page.getByText('It ran to the end.').waitFor()
        expect(await other.quit()).toBe(0)
        expect(served.exitCode).toBeNull()
      } finally {
        await other.close()
      }
    } finally {
      const ended = once(served, 'exit')
      served.kill('SIGTERM')
      await ended
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})

describe('quitting', () => {
  test('while agents are running leaves none of them', async () => {
    const other = await launchDesktop()
    try {
      await library(other.page)
      await call(other.page, 'startRun', { scenario_ref: ref })
      const pids = await runningAgents(other.page)
      expect(pids.every(isAlive)).toBe(true)
      expect(await other.quit()).toBe(0)
      expect(pids.filter(isAlive)).toEqual([])
    } finally {
      await other.close()
    }
  })

  test('by signal is quitting too', async () => {
    const other = await launchDesktop()
    try {
      await library(other.page)
      const ended = new Promise((resolve) => other.child.once('exit', (code) => resolve(code)))
      other.child.kill('SIGTERM')
      expect(await ended).toBe(0)
    } finally {
      await other.close()
    }
  })

  test('keeps the window’s place for the next start', async () => {
    const other = await launchDesktop()
    try {
      await library(other.page)
      await other.quit()
      const settings = JSON.parse(readFileSync(join(other.dataDir, 'settings.json'), 'utf8'))
      expect(settings).toEqual({ window: { x: 0, y: 0, width: 1280, height: 800 } })
    } finally {
      await other.close()
    }
  })
})

/** The process ids of both agents, as soon as they run. */
async function runningAgents(of: Page): Promise<number[]> {
  let pids: number[] = []
  await expect
    .poll(
      async () => {
        const { value } = (await call(of, 'listAgents')) as { ok: true; value: CallOutput<'listAgents'> }
        pids = value.agents.flatMap(({ pid }) => pid ?? [])
        return pids.length
      },
      { interval: 20, timeout: 15_000 },
    )
    .toBe(2)
  return pids
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
