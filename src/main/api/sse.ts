import { once } from 'node:events'
import type { Response } from 'express'
import { AppError, errorBody, toAppError } from '../../shared/errors.ts'

export interface EventStreamLimits {
  /** Between two comments that keep the line warm. */
  readonly heartbeatMs: number
  /** How long a reader may leave what waits for it; and then once more, for the reason why it is cut off. */
  readonly slowReaderMs: number
}

export const eventStreamLimits: EventStreamLimits = { heartbeatMs: 1_000, slowReaderMs: 30_000 }

/**
 * Sends a sequence as server-sent events: `id` is the item's `seq`, and `stream.end` says that nothing more will
 * come. A slow reader slows only itself: the next item is taken when the last one has left. One that takes nothing
 * for too long is told `stream.error` with `slow_reader` and cut off; it resumes where it was.
 */
export async function sendEvents<Item extends { seq: number }>(
  response: Response,
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  { heartbeatMs, slowReaderMs }: EventStreamLimits = eventStreamLimits,
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
  if (response.req.method === 'HEAD') {
    abort.abort()
    response.end()
    return
  }
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': heartbeat\n\n')
  }, heartbeatMs)
  try {
    for await (const item of items) {
      if (!response.write(frameOf(item))) await drained(response, abort.signal, slowReaderMs)
    }
    response.write('data: {"type":"stream.end"}\n\n')
  } catch (error) {
    if (!abort.signal.aborted) {
      response.write(`data: ${JSON.stringify({ type: 'stream.error', ...errorBody(toAppError(error)) })}\n\n`)
    }
  } finally {
    clearInterval(heartbeat)
    response.end()
    if (!response.closed) {
      const cutOff = setTimeout(() => response.destroy(), slowReaderMs).unref()
      response.on('close', () => clearTimeout(cutOff))
    }
  }
}

async function drained(response: Response, gone: AbortSignal, slowReaderMs: number): Promise<void> {
  const tooLong = AbortSignal.timeout(slowReaderMs)
  try {
    await once(response, 'drain', { signal: AbortSignal.any([gone, tooLong]) })
  } catch (error) {
    if (!tooLong.aborted || gone.aborted) throw error
    throw new AppError(
      'slow_reader',
      `Nothing was read from this stream for ${slowReaderMs / 1_000} s; resume it after the last event.`,
    )
  }
}

/** The readers of a run share its events, so each is written out once for all of them. */
const frames = new WeakMap<object, Buffer>()

function frameOf(item: { readonly seq: number }): Buffer {
  const known = frames.get(item)
  if (known) return known
  const frame = Buffer.from(`id: ${item.seq}\ndata: ${JSON.stringify(item)}\n\n`)
  frames.set(item, frame)
  return frame
}
