import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { CallOutput } from '../../src/shared/contract.ts'
import { needsChromium } from '../browser/needs-chromium.ts'
import { launchDesktop } from '../double/launch.ts'
import { isAlive } from '../support/processes.ts'
import { call, library } from './console-page.ts'

needsChromium()

const ref = 'intra-org/research-and-write@1.0.0'

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
