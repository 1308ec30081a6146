import type { Context } from '../context.ts'
import { type EventStore, historyRecord } from '../events/event-store.ts'
import type { Ingest } from '../events/ingest.ts'
import { isObject, normalise, tooWide } from '../events/normalise.ts'
import { parseJson } from '../http/body.ts'
import { instant, paging, param } from '../http/query.ts'
import { json, type Route } from '../http/route.ts'
import { Refusal } from '../refusal.ts'

const mostEvents = 500
/** Of one event's payload, as JSON text. */
const longestPayload = 65_536
const largestBody = 262_144

/** Reports come in here and can be read back (control-plane.md §3.2, §3.5). */
export function eventRoutes({ now }: Context, store: EventStore, ingest: Ingest): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/events',
      access: 'key',
      idempotency: 'events.ingest',
      bodyLimit: largestBody,
      answer: ({ text }) => {
        const given = entriesOf(parseJson(text)).filter(isObject)
        if (given.length > mostEvents) {
          throw new Refusal('PAYLOAD_TOO_LARGE', `A batch has at most ${mostEvents} events.`)
        }
        const events = given.map((raw) => normalise(raw, now()))
        for (const { payload, type } of events) {
          if (JSON.stringify(payload).length <= longestPayload) continue
          throw new Refusal('PAYLOAD_TOO_LARGE', `A payload has at most ${longestPayload} characters.`, {
            more: { eventType: type },
          })
        }
        const rejected = events.flatMap((event, index) => {
          const member = tooWide(event)
          return member === null ? [] : [{ index, code: 'BODY_INVALID', error: `${member} is too long` }]
        })
        const accepted = events.filter((event) => tooWide(event) === null)
        ingest(accepted)
        return json({ ingested: accepted.length, ...(rejected.length === 0 ? {} : { rejected }) })
      },
    },
    {
      method: 'GET',
      path: '/api/events/history',
      access: 'key',
      answer: ({ query }) => {
        const events = store.list(
          {
            type: param(query, 'type'),
            aid: param(query, 'aid'),
            sessionId: param(query, 'session_id', 'sessionId'),
            runId: param(query, 'run_id', 'runId'),
            since: instant(query, 'since', 'FILTER_INVALID'),
            until: instant(query, 'until', 'FILTER_INVALID'),
          },
          'newest',
          paging(query, { limit: 100, most: 1000 }),
        )
        return json({ events: events.map(historyRecord), count: events.length })
      },
    },
  ]
}

/** An array, or what is under `events`; anything else that is JSON is an empty batch. Throws `BODY_INVALID`. */
function entriesOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body
  const events = isObject(body) ? body['events'] : undefined
  if (events === undefined) return []
  if (Array.isArray(events)) return events
  throw new Refusal('BODY_INVALID', 'events is a list of events.')
}
