import { app } from 'electron'

/** A host that hangs must not keep the program on screen for ever. */
const closeTimeoutMs = 5_000

/** Lets the host end its agents before the program ends, whichever way it was asked to. */
export function quitWith(close: () => Promise<void>): void {
  let closing = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (closing) return
    closing = true
    const tooLate = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error('the host did not close in time')), closeTimeoutMs)
    })
    Promise.race([close(), tooLate]).then(
      () => app.exit(0),
      (error: unknown) => {
        process.stderr.write(`aitp-console: ${error instanceof Error ? error.message : String(error)}\n`)
        app.exit(3)
      },
    )
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}
