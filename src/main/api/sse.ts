import { once } from 'node:events'
import type { Response } from 'express'
import { errorBody, toAppError } from '../../shared/errors.ts'

const heartbeatMs = 1_000

/**
 * Sends a sequence as server-sent events: `id` is the item's `seq`, a comment each second keeps the line warm, and
 * `stream.end` says that nothing more will come. A slow reader slows only itself: the next item is taken when the
 * last one has left.
 */
export async function sendEvents<Item extends { seq: number }>(
  response: Response,
  open: (signal: AbortSignal) => AsyncIterable<Item>,
): Promise<void> {
  const abort = new AbortController()
  response.on('close', () => abort.abort())
  // Before the headers: an unknown run is still answered with its status.
  const items = open(abort.signal)
  response.status(200).set({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs)
  try {
    for await (const item of items) {
      if (!response.write(`id: ${item.seq}\ndata: ${JSON.stringify(item)}\n\n`)) {
        await once(response, 'drain', { signal: abort.signal })
      }
    }
    response.write('data: {"type":"stream.end"}\n\n')
  } catch (error) {
    if (!abort.signal.aborted) {
      response.write(`data: ${JSON.stringify({ type: 'stream.error', ...errorBody(toAppError(error)) })}\n\n`)
    }
  } finally {
    clearInterval(heartbeat)
    response.end()
  }
}
