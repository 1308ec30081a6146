import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export interface AgentProcessSpec {
  readonly file: string
  readonly environment: Readonly<Record<string, string>>
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

export interface AgentExit {
  readonly code: number | null
  readonly signal: string | null
}

/** One worker as an operating-system process, whatever starts it. */
export interface AgentProcess {
  readonly pid: number
  readonly exited: Promise<AgentExit>
  /** Asks, waits `graceMs`, then kills; with 0 it kills at once. Resolves when the process is gone. */
  stop(graceMs: number): Promise<AgentExit>
}

/**
 * Starts a worker as a child of this process. Its standard input is a pipe that only we hold: when we die, however
 * we die, the worker reads its end and stops.
 */
export async function startChildProcess(spec: AgentProcessSpec): Promise<AgentProcess> {
  const child = spawn(process.execPath, [spec.file], {
    env: { ...spec.environment, ...(process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  await once(child, 'spawn')
  readLines(child, spec.onLine)
  const exited = once(child, 'exit').then(([code, signal]): AgentExit => ({ code, signal }))
  return {
    pid: child.pid as number,
    exited,
    async stop(graceMs) {
      child.kill(graceMs === 0 ? 'SIGKILL' : 'SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      try {
        return await exited
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Both pipes are drained for the life of the process; a full one would block the worker. */
function readLines(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  onLine: AgentProcessSpec['onLine'],
): void {
  createInterface({ input: child.stdout }).on('line', (line) => onLine('stdout', line))
  createInterface({ input: child.stderr }).on('line', (line) => onLine('stderr', line))
  child.stdin.on('error', () => undefined)
}
