import type { ServerResponse } from 'node:http'
import type { Context } from '../context.ts'
import type { StoredEvent } from '../events/event-bus.ts'
import { type EventStore, liveRecord } from '../events/event-store.ts'
import { param } from '../http/query.ts'
import type { Route } from '../http/route.ts'
import { Refusal } from '../refusal.ts'

const backlog = 100
const page = 500
/** A reader that lets this many bytes lie is cut off, and may go on from its last id. */
const mostUnread = 1024 * 1024

/**
 * Events as they come (control-plane.md §10). Something is sent at once (D-17), and each frame has an id from which a
 * reader that was cut off can go on, also after a restart.
 */
export function eventStream(
  { settings, bus }: Context,
  store: EventStore,
): { readonly route: Route; readonly cutOff: () => number } {
  const { capacity, heartbeatMs } = settings.stream
  let open = 0
  let cutOff = 0

  function send(response: ServerResponse, event: StoredEvent): void {
    if (response.destroyed) return
    response.write(`id: ${event.seq}\ndata: ${JSON.stringify(liveRecord(event))}\n\n`)
    if (response.writableLength <= mostUnread) return
    cutOff += 1
    response.destroy()
  }

  const route: Route = {
    method: 'GET',
    path: '/api/events/stream',
    access: 'key',
    answer: ({ query, headers }) => {
      if (open >= capacity) {
        throw new Refusal('SSE_CAPACITY', `There are ${capacity} streams already.`, {
          headers: { 'retry-after': '30' },
        })
      }
      const type = param(query, 'type')
      const runId = param(query, 'run_id', 'runId')
      const aid = param(query, 'aid')
      const isWanted = (event: StoredEvent) =>
        (type === null || event.type === type) &&
        (runId === null || event.runId === runId) &&
        (aid === null || event.aidA === aid || event.aidB === aid)
      const resumeAfter = Number(headers['last-event-id'] ?? Number.NaN)
      return {
        stream(response) {
          open += 1
          response.writeHead(200, {
            'content-type': 'text/event-stream',
            'cache-control': 'no-cache, no-transform',
            'x-accel-buffering': 'no',
          })
          response.write(': connected\n\n')
          // Nothing is stored between the backlog and the subscription: both happen in this turn.
          for (const event of Number.isSafeInteger(resumeAfter)
            ? everythingAfter(store, resumeAfter)
            : store.newest(backlog)) {
            if (isWanted(event)) send(response, event)
          }
          const unsubscribe = bus.subscribe((event) => {
            if (isWanted(event)) send(response, event)
          })
          const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs)
          response.on('close', () => {
            open -= 1
            unsubscribe()
            clearInterval(heartbeat)
          })
        },
      }
    },
  }
  return { route, cutOff: () => cutOff }
}

function* everythingAfter(store: EventStore, seq: number): Generator<StoredEvent> {
  for (let from = seq; ; ) {
    const events = store.after(from, page)
    yield* events
    const last = events.at(-1)
    if (last === undefined || events.length < page) return
    from = last.seq
  }
}
