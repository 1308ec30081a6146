// `npm start`: the desktop window; where there can be none, the reason, and the same console in a browser.
// `--browser` asks for that at once. Other options go to `serve`.
import { spawn } from 'node:child_process'
import { electronBinary, fetchElectron } from './electron-binary.mjs'
import { ensureBuilt, root } from './ensure-built.mjs'
import { requireNode } from './node-version.mjs'
import { runCli } from './run-cli.mjs'

/** What a shell answers when a program's libraries are missing. */
const cannotLoad = 127

requireNode()
const args = process.argv.slice(2)
const serveArgs = args.filter((argument) => argument !== '--browser')
await ensureBuilt()

const reason = args.includes('--browser') ? 'as asked' : await openDesktop()
if (reason !== null) {
  process.stderr.write(`The console opens in a browser, ${reason}.\n`)
  await runCli(['serve', ...serveArgs])
}

/** Runs the window to its end; returns why there is none, or `null`. */
async function openDesktop() {
  if (serveArgs.length > 0) return `since ${serveArgs.join(' ')} is for a service, not for a window`
  if (!hasDisplay()) return 'since this machine has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return 'since Electron does not run as root with its sandbox; use an ordinary user for a window'
  }
  if (electronBinary() === null) {
    process.stderr.write('Fetching Electron, once …\n')
    const failure = fetchElectron()
    if (failure !== null) {
      return `since Electron could not be fetched (${failure}); with a network, \`npm start\` tries again`
    }
  }
  const code = await runElectron(electronBinary())
  if (code === cannotLoad) return 'since Electron misses libraries of this system; what it said stands above'
  process.exitCode = code
  return null
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

function runElectron(binary) {
  const environment = { ...process.env }
  // Editors set it for their own terminals; Electron would then be no Electron.
  delete environment.ELECTRON_RUN_AS_NODE
  const child = spawn(binary, [root], { stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', () => resolve(cannotLoad))
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 3 : 1)))
  })
}
