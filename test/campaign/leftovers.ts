import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunRecord } from '../../src/shared/run.ts'

/** Where a host may leave something behind. */
export interface Watched {
  /** The folder of bootstrap files, and the one for temporary files of the agents. */
  readonly folders: readonly string[]
  /** The first port that agents ask for. */
  readonly basePort: number
  /** What this process had open before the first run. */
  readonly descriptors: readonly string[]
}

const settleMs = 5_000
const pollMs = 20

/** What is left of a run that has ended, in words; nothing when all of it is gone. */
export async function leftoversOf({ events, run_id }: RunRecord, watched: Watched): Promise<string[]> {
  const agents = events.flatMap((event) => (event.type === 'agent.ready' ? [event] : []))
  const asked = events.flatMap((event) => (event.type === 'agent.spawning' ? [event.port] : []))
  const left: string[] = []
  for (const { agent_id, pid, port } of agents) {
    if (isAlive(pid)) left.push(`process ${pid} of ${agent_id}`)
    if (await isOpen(port)) left.push(`port ${port} of ${agent_id}`)
  }
  left.push(...children().map((pid) => `child process ${pid}`))
  // Ports are asked for by their place in the scenario: one that is not had not been given back.
  const lowest = Math.min(...asked.map((port) => port ?? watched.basePort))
  if (asked.length > 0 && lowest !== watched.basePort) left.push(`port ${watched.basePort}, still taken`)
  for (const folder of watched.folders) left.push(...readdirSync(folder).map((name) => `file ${name}`))
  left.push(...(await lingering(watched.descriptors)))
  return left.map((what) => `${run_id}: ${what}`)
}

/** What this process has open, as the system names it. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      // The one that read the folder.
      return []
    }
  })
}

/** Sockets and pipes are closed a moment after their other end. */
async function lingering(before: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + settleMs
  for (;;) {
    const now = openDescriptors()
    if (now.length <= before.length) return []
    if (performance.now() > deadline) {
      return [
        `${now.length - before.length} descriptors: ${now.filter((name) => !before.includes(name)).join(', ')}`,
      ]
    }
    await delay(pollMs)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function children(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => (parentOf(pid) === process.pid ? [Number(pid)] : []))
}

/** The fourth field of `stat`, behind a name that may hold blanks and brackets itself. */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
