// Started by a test as root. Starts a program that leads a group, gives up its rights, so that no signal of its reaches
// the program any more, tries to stop it, and tells how it ended.
import { setTimeout as delay } from 'node:timers/promises'
import { startChildProcess } from '../../src/main/hosting/agent-process.ts'

const another = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio:'ignore'}).pid`
const started = Promise.withResolvers<string>()
const leader = await startChildProcess({
  file: '-e',
  args: [`console.log(${another}); setInterval(() => {}, 1000)`],
  leadsGroup: true,
  environment: {},
  onLine: (_stream, line) => started.resolve(line),
})
const follower = await started.promise
process.setuid?.(65_534)
const stopped = leader.stop(0)
// The second signal, after the time of grace, is refused too.
await delay(100)
process.stdout.write(`${leader.pid} ${follower}\n`)
process.stdout.write(`${JSON.stringify(await stopped)}\n`)
