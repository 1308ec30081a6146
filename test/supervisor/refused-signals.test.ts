import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'

const parentFile = join(import.meta.dirname, '..', 'support', 'parent-without-rights.ts')

// Only root can start what it then may not signal.
it.skipIf(process.getuid?.() !== 0)(
  'a signal that the system refuses hides no end and breaks nothing',
  async () => {
    const parent = spawn(process.execPath, [parentFile], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]()
    const [leader = Number.NaN, follower = Number.NaN] = String((await lines.next()).value)
      .split(' ')
      .map(Number)
    onTestFinished(() => void process.kill(follower, 'SIGKILL'))
    process.kill(leader, 'SIGKILL')
    expect(JSON.parse((await lines.next()).value ?? 'null')).toEqual({ code: null, signal: 'SIGKILL' })
  },
)
