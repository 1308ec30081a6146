// `guard.js COMMAND [ARGUMENT…]`: runs a program that the console did not write. The console starts this as the leader
// of a process group, so that one signal reaches all that the program starts, and holds its standard input, whose end
// says that the console is gone, however it went.
import { spawn } from 'node:child_process'
import { stopGraceMs } from './stop-grace.ts'

const notExecutable = 126
const notFound = 127

const [command = '', ...args] = process.argv.slice(2)
const { ELECTRON_RUN_AS_NODE: _ours, ...environment } = process.env

const child = spawn(command, args, {
  env: environment,
  // A pipe of its own: ours must not be made non-blocking under a reader that does not expect it.
  stdio: ['pipe', 'inherit', 'inherit'],
  windowsHide: true,
})
child.stdin.on('error', () => undefined)

child.on('error', (error: NodeJS.ErrnoException) => {
  const isMissing = error.code === 'ENOENT'
  process.stderr.write(
    `${command} ${isMissing ? 'is not there' : `cannot be started (${error.code ?? error.message})`}\n`,
  )
  process.exit(isMissing ? notFound : notExecutable)
})

child.on('exit', (code, signal) => {
  // What the program leaves behind ends here, this process with it; the console is told first how the program ended.
  const endGroup = () => {
    signalGroup('SIGKILL')
    process.exit(code ?? 1)
  }
  if (process.send === undefined) endGroup()
  else process.send({ code, signal }, endGroup)
})

let isEnding = false

/** Asks the whole group, and kills it, this process with it, when that is not enough. */
function end(): void {
  if (isEnding) return
  isEnding = true
  signalGroup('SIGTERM')
  setTimeout(() => signalGroup('SIGKILL'), stopGraceMs)
}

function signalGroup(signal: NodeJS.Signals): void {
  // Windows has no groups; there the program is ended alone.
  if (process.platform === 'win32') child.kill(signal)
  else process.kill(0, signal)
}

process.on('SIGTERM', end)
for (const event of ['end', 'close', 'error']) process.stdin.on(event, end)
process.stdin.resume()
