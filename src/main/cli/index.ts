import { text } from 'node:stream/consumers'
import packageJson from '../../../package.json' with { type: 'json' }
import { shippedPaths } from '../paths.ts'
import { runProgram } from './program.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Handlers that came with a library raise the signal once more, which would count as the second one.
  process.removeAllListeners(signal)
  process.on(signal, () => {
    // The second one means it.
    if (interrupt.signal.aborted) process.exit(1)
    interrupt.abort(new Error(signal))
  })
}
// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runProgram(process.argv.slice(2), {
  version: packageJson.version,
  paths: shippedPaths(import.meta.dirname),
  environment: process.env,
  write: (output) => void process.stdout.write(output),
  tell: (line) => void process.stderr.write(`${line}\n`),
  readStdin: () => text(process.stdin),
  interrupt: interrupt.signal,
})
