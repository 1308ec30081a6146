import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../context.ts'
import type { StoredEvent } from '../events/event-bus.ts'
import { type EventStore, liveRecord } from '../events/event-store.ts'
import { param } from '../http/query.ts'
import type { Route } from '../http/route.ts'
import { Refusal } from '../refusal.ts'

type Wanted = (event: StoredEvent) => boolean

const backlog = 100
const page = 100
/** A reader that lets this many bytes of new events lie is cut off, and may go on from its last id. */
const mostUnread = 1024 * 1024
/** So is one that takes nothing of what it asked for in this time. */
const mostStillMs = 60_000

/**
 * Events as they come (control-plane.md §10). Something is sent at once (D-17), and each frame has an id from which a
 * reader that was cut off can go on, also after a restart.
 */
export function eventStream(
  { settings, bus, log }: Pick<Context, 'settings' | 'bus' | 'log'>,
  store: EventStore,
): { readonly route: Route; readonly cutOff: () => number } {
  const { capacity, heartbeatMs } = settings.stream
  let open = 0
  let cutOff = 0

  function cut(response: ServerResponse): void {
    if (response.destroyed) return
    cutOff += 1
    response.destroy()
  }

  /** Tells of what is stored after `seq`, no faster than it is read. Calls back at the very moment nothing is left. */
  async function catchUp(
    response: ServerResponse,
    { seq, isWanted, onCaughtUp }: { seq: number; isWanted: Wanted; onCaughtUp: () => void },
  ): Promise<void> {
    for (let from = seq; !response.destroyed; ) {
      const events = store.after(from, page)
      const last = events.at(-1)
      if (last === undefined) return onCaughtUp()
      from = last.seq
      for (const event of events.filter(isWanted)) {
        if (response.destroyed) return
        if (!response.write(frame(event))) await drained(response)
      }
      // Others are served between two pages, also when none of this one is wanted.
      await nextTurn()
    }
  }

  /** Cuts a reader off that takes nothing. */
  async function drained(response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    const leave = () => gone.abort()
    response.once('close', leave)
    try {
      await once(response, 'drain', {
        signal: AbortSignal.any([gone.signal, AbortSignal.timeout(mostStillMs)]),
      })
    } catch {
      cut(response)
    } finally {
      response.off('close', leave)
    }
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
      const isWanted: Wanted = (event) =>
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
          let isLive = false
          const unsubscribe = bus.subscribe((event) => {
            if (!isLive || response.destroyed || !isWanted(event)) return
            response.write(frame(event))
            if (response.writableLength > mostUnread) cut(response)
          })
          const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), heartbeatMs)
          response.on('close', () => {
            open -= 1
            unsubscribe()
            clearInterval(heartbeat)
          })
          const [oldest] = store.newest(backlog)
          catchUp(response, {
            seq: Number.isSafeInteger(resumeAfter) ? resumeAfter : (oldest?.seq ?? 0) - 1,
            isWanted,
            // Nothing is stored between the last page and this, so nothing is lost or told twice.
            onCaughtUp: () => {
              isLive = true
            },
          }).catch((err: unknown) => {
            log.error({ err }, 'a stream could not be served')
            response.destroy()
          })
        },
      }
    },
  }
  return { route, cutOff: () => cutOff }
}

function frame(event: StoredEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(liveRecord(event))}\n\n`
}
