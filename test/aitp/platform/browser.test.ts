import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeEngine } from '../../../src/aitp/platform/node/engine.ts'
import { launchChromium } from '../../browser/chromium.ts'
import { chromiumMissing, needsChromium } from '../../browser/needs-chromium.ts'
import { verdicts } from './page.ts'

/** The library and its browser engine as one script, with nothing put in for what a browser lacks. */
async function bundledPage(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('page.ts', import.meta.url)),
    platform: 'browser',
    external: [/^node:/],
    logLevel: 'warn',
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'page' })
  await bundle.close()
  const [script] = output
  return script.code
}

describe('the library in a real browser', () => {
  needsChromium()
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let script: string
  beforeAll(async () => {
    if (chromiumMissing !== null) return
    ;[browser, script] = await Promise.all([launchChromium(), bundledPage()])
  })
  afterAll(() => browser?.close())

  it('judges every vector, and writes every message, as Node does', async () => {
    const page = await browser.newPage()
    const errors: Error[] = []
    page.on('pageerror', (error) => errors.push(error))
    await page.addScriptTag({ content: script })
    const inPage = await page.evaluate('verdicts()')
    expect(errors).toEqual([])
    expect(inPage).toEqual(JSON.parse(JSON.stringify(verdicts(nodeEngine))))
    expect(inPage).toMatchObject({
      edgeCases: ['speccheck 3', 'good signature'],
      ed25519: { total: 210, wronglyAccepted: [], wronglyRefused: [] },
      p256: { total: 262, wronglyAccepted: [], wronglyRefused: [] },
    })
    expect(Object.values(verdicts(nodeEngine).knownAnswers)).not.toContain(false)
  })

  it('runs with clock, network and timers taken away, and no byte depends on randomness', async () => {
    const page = await browser.newPage()
    await page.addScriptTag({ content: script })
    const inPage = await page.evaluate(`(() => {
      const forbidden = (what) => () => { throw new Error(what + ' was used') }
      Date.now = forbidden('the clock')
      globalThis.Date = class { constructor() { forbidden('the clock')() } }
      performance.now = forbidden('the clock')
      Math.random = forbidden('randomness')
      // The curve package blinds secret scalars against side channels; that may cost time and change nothing.
      crypto.getRandomValues = (bytes) => bytes.fill(7)
      globalThis.fetch = globalThis.XMLHttpRequest = forbidden('the network')
      globalThis.setTimeout = forbidden('a timer')
      return verdicts().transcript
    })()`)
    expect(inPage).toEqual(verdicts(nodeEngine).transcript)
  })
})

describe('the sources of the library', () => {
  const folder = fileURLToPath(new URL('../../../src/aitp', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const impure =
    /\b(Date|Math\.random|process|fetch|setTimeout|crypto\.getRandomValues|randomBytes\(\d+\)|console)\b/

  it.each(files)('%s reads neither clock nor randomness nor environment nor network', (file) => {
    const code = readFileSync(join(folder, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\/\/.*$/gm, '')
    expect(impure.exec(code)?.[0]).toBeUndefined()
  })

  it('would be caught', () => {
    for (const code of ['Date.now()', 'Math.random()', 'process.env', 'await fetch(url)']) {
      expect(impure.test(code)).toBe(true)
    }
  })
})
