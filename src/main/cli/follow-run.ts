import type { ConsoleClient } from '../../shared/client.ts'
import { errorFromBody } from '../../shared/errors.ts'
import type { RunEvent } from '../../shared/events.ts'

/** Hands each event of a run to `onEvent` until the run has ended and all were given, or `signal` aborts. */
export function followRun(
  client: ConsoleClient,
  runId: string,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = client.subscribe(
      'runEvents',
      { run_id: runId },
      {
        item: onEvent,
        end: resolve,
        error: (body) => reject(errorFromBody(body)),
      },
    )
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
