import type { ConsoleClient } from '../../shared/client.ts'
import { errorFromBody } from '../../shared/errors.ts'
import type { RunEvent } from '../../shared/events.ts'

/**
 * Hands each event of a run to `onEvent` until the run has ended and all were given, or `signal` aborts. A stream
 * that breaks off is resumed after the last event; what the host refuses rejects.
 */
export function followRun(
  client: ConsoleClient,
  runId: string,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastSeq = 0
    let stop = () => {}
    const open = () => {
      stop = client.subscribe(
        'runEvents',
        { run_id: runId, after_seq: lastSeq },
        {
          item: (event) => {
            lastSeq = event.seq
            onEvent(event)
          },
          end: resolve,
          error: (body) => {
            const error = errorFromBody(body)
            if (error.code === 'stream_broken' || error.code === 'slow_reader') open()
            else reject(error)
          },
        },
      )
    }
    open()
    signal?.addEventListener(
      'abort',
      () => {
        stop()
        resolve()
      },
      { once: true },
    )
  })
}
