import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumArguments, findChromium } from '../browser/chromium.ts'

export interface DesktopApp {
  readonly page: Page
  readonly context: BrowserContext
  readonly child: ChildProcess
  /** The data folder of this launch. */
  readonly dataDir: string
  /** What main and the double wrote so far. */
  output(): string
  /** Asks the double in main; see `electron.ts` for what it knows. */
  ask(command: string, members?: Record<string, string>): Promise<unknown>
  /** Quits as a person does and returns the exit code. */
  quit(): Promise<number | null>
  /** Ends everything, however it stands. */
  close(): Promise<void>
}

const builtMain = join(import.meta.dirname, '../../out/main/index.js')

/** Starts the built main process with the double for `electron`, in a Chromium that the test sees as well. */
export async function launchDesktop(environment: Record<string, string> = {}): Promise<DesktopApp> {
  if (!existsSync(builtMain)) throw new Error('There is no out/main/index.js; run `npm run build` first.')
  const profile = mkdtempSync(join(tmpdir(), 'desktop-profile-'))
  const dataDir = mkdtempSync(join(tmpdir(), 'desktop-data-'))
  const { executablePath, env } = await findChromium()
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    env,
    args: [...chromiumArguments, '--remote-debugging-port=0'],
    headless: true,
    viewport: null,
  })
  const opened = context.waitForEvent('page')
  const child = spawn(process.execPath, ['--import', join(import.meta.dirname, 'register.ts'), builtMain], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PORT: '0',
      AGENT_BASE_PORT: '0',
      AITP_CONSOLE_HOME: dataDir,
      DOUBLE_CDP: `http://127.0.0.1:${await debuggingPort(profile)}`,
      ...environment,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const died = once(child, 'exit').then(([code]): never => {
    throw new Error(`the main process ended with ${code}:\n${output}`)
  })
  died.catch(() => undefined)
  const page = await Promise.race([opened, died])

  let questions = 0
  const ask = async (command: string, members: Record<string, string> = {}) => {
    questions += 1
    const id = questions
    const answered = new Promise<unknown>((resolve) => {
      const onMessage = (message: unknown) => {
        const { id: answers, value } = message as { id: number; value: unknown }
        if (answers !== id) return
        child.off('message', onMessage)
        resolve(value)
      }
      child.on('message', onMessage)
    })
    child.send({ command, id, ...members })
    return Promise.race([answered, died])
  }
  const quit = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.send({ command: 'quit' })
      await ended
    }
    return child.exitCode
  }
  const close = async () => {
    await quit()
    await context.close()
    for (const folder of [profile, dataDir]) rmSync(folder, { recursive: true, force: true })
  }
  return { page, context, child, dataDir, output: () => output, ask, quit, close }
}

/** Chromium writes the port it chose into its profile once it listens. */
async function debuggingPort(profile: string): Promise<string> {
  const deadline = performance.now() + 10_000
  for (;;) {
    try {
      const [port] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')
      if (port) return port
    } catch {
      if (performance.now() > deadline) throw new Error('Chromium opened no debugging port')
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
