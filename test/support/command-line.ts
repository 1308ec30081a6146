import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { builtCli, repositoryRoot } from './repository.ts'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Invocation {
  readonly home: string
  readonly environment?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Another program than the built one. */
  readonly script?: string
}

function launch(
  args: readonly string[],
  { home, environment = {}, script = builtCli }: Invocation,
): ChildProcess {
  return spawn(process.execPath, [script, ...args], {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], AITP_CONSOLE_HOME: home, AGENT_BASE_PORT: '0', ...environment },
    stdio: 'pipe',
  })
}

/** Runs the built program to its end. */
export async function runCli(args: readonly string[], invocation: Invocation): Promise<Finished> {
  const child = launch(args, invocation)
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('the program has no pipes')
  stdin.end(invocation.stdin ?? '')
  const ended = once(child, 'exit')
  const [out, err] = await Promise.all([text(stdout), text(stderr)])
  const [code] = await ended
  return { code, stdout: out, stderr: err }
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
  /** The first line, of either stream, that matches. */
  line(pattern: RegExp): Promise<string>
}

/** Starts the built program and leaves it running until the test ends. */
export function startCli(args: readonly string[], invocation: Invocation): RunningCli {
  const child = launch(args, invocation)
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the program has no pipes')
  const lines: string[] = []
  const waiting = new Set<() => void>()
  for (const stream of [stdout, stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const wake of waiting) wake()
    })
  }
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    child,
    exited,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => pattern.test(line))
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        exited.then(
          () => reject(new Error(`the program ended without a line like ${pattern}:\n${lines.join('\n')}`)),
          reject,
        )
        look()
      }),
  }
}
