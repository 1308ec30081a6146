import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { splitLines } from './split-lines.ts'

/** A JavaScript file for our own runtime, and what it is told. */
export interface AgentProgram {
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd?: string
  /**
   * It starts processes of its own: it leads a group, and whatever is done to it is done to all of them. It may tell on
   * an IPC channel how it ended, as {@link AgentExit}, before it kills the group and itself with it.
   */
  readonly leadsGroup?: boolean
}

export interface AgentProcessSpec extends AgentProgram {
  readonly environment: Readonly<Record<string, string>>
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

const AgentExit = z.object({ code: z.int().nullable(), signal: z.string().nullable() })
export type AgentExit = Readonly<z.infer<typeof AgentExit>>

/** How long after the end of a process its last words may take out of the pipes; others may hold these open. */
const lastWordsMs = 500

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
  const { file, args = [], cwd, leadsGroup = false } = spec
  const child = spawn(process.execPath, [file, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    detached: leadsGroup,
    env: { ...spec.environment, ...(process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    stdio: leadsGroup ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    // The types have no tuple of four.
  }) as ChildProcessByStdio<Writable, Readable, Readable>
  await once(child, 'spawn')
  readLines(child, spec.onLine)
  const pid = child.pid as number
  // A signal that the system refuses is an event too, and says nothing about the end.
  child.on('error', () => undefined)
  let told: AgentExit | null = null
  child.on('message', (message) => {
    told = AgentExit.safeParse(message).data ?? told
  })
  const drained = Promise.all([
    new Promise((resolve) => child.once('close', resolve)),
    leadsGroup ? new Promise((resolve) => child.once('disconnect', resolve)) : null,
  ])
  const ended = new Promise<AgentExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const exited = ended.then(async (exit) => {
    // However the leader ended, what it started must not outlive it.
    if (leadsGroup) killGroup(pid)
    await Promise.race([drained, delay(lastWordsMs, undefined, { ref: false })])
    return told ?? exit
  })
  return {
    pid,
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

function killGroup(leader: number): void {
  try {
    // Windows has no groups; there the end of its standard input is what ends the program.
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL')
  } catch {
    // Nobody of it is left, or those who are belong to another user: the leader has ended all the same.
  }
}

/** Both pipes are drained for the life of the process; a full one would block the worker. */
function readLines(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  onLine: AgentProcessSpec['onLine'],
): void {
  splitLines(child.stdout, (line) => onLine('stdout', line))
  splitLines(child.stderr, (line) => onLine('stderr', line))
  child.stdin.on('error', () => undefined)
}
