import { readFileSync } from 'node:fs'

/** Whether a process runs. One that has ended and that nobody has waited for, as in containers, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !isZombie(pid)
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))
  } catch {
    // No such file system, or gone since: then the signal has said it.
    return false
  }
}
