import { describe, expect, it, onTestFinished } from 'vitest'
import type { EventStreamLimits } from '../../src/main/api/sse.ts'
import { followRun } from '../../src/main/cli/follow-run.ts'
import { AppError, errorBody } from '../../src/shared/errors.ts'
import { createHttpClient } from '../../src/shared/http-client.ts'
import { httpClient } from '../support/http.ts'
import { bearer, serveLogs } from '../support/log-service.ts'
import { newRun, openStore, step, success } from '../support/store.ts'
import { allOf, openStream, type StreamItem } from '../support/stream-reader.ts'

const runId = 'r'

/** A run with events of a given size, going on, and the service over it. */
async function serving(
  events: number,
  { bytes = 0, ...limits }: Partial<EventStreamLimits> & { bytes?: number } = {},
) {
  const opened = openStore()
  opened.store.create(newRun(runId))
  opened.store.start(runId)
  const log = opened.logs.open(runId)
  const append = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      log.append(step('s', 'x'.repeat(bytes)), { source: 'runner', causeSeq: [] })
    }
  }
  append(events)
  const service = await serveLogs(opened, {
    streams: { heartbeatMs: 60_000, slowReaderMs: 60_000, ...limits },
  })
  onTestFinished(() => service.close())
  const open = (afterSeq: number, by: 'header' | 'query' = 'query') =>
    openStream({ port: service.port, bearer, runId, afterSeq, by })
  const end = (status: 'success' | 'cancelled') =>
    log.end({ type: status === 'success' ? 'run.complete' : 'run.cancelled' }, { ...success, status }, [])
  return { port: service.port, append, open, end }
}

const seqsOf = (items: readonly StreamItem[]) =>
  items.flatMap((item) => (item.kind === 'event' ? [item.seq] : []))
const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, at) => from + at)

describe('a stream of events (parity 5)', () => {
  it.each(['header', 'query'] as const)(
    'is resumed after the number in the %s, with nothing lost or doubled',
    async (by) => {
      const { open, append, end } = await serving(700)
      const first = await open(0, by)
      const seen: number[] = []
      for await (const item of first.items) {
        if (item.kind === 'event') seen.push(item.seq)
        if (seen.length === 300) break
      }
      append(20)
      const second = await open(seen.at(-1) ?? 0, by)
      end('success')
      const rest = await allOf(second.items)
      expect([...seen, ...seqsOf(rest)]).toEqual(upTo(721))
      expect(rest.at(-1)).toEqual({ kind: 'end' })
    },
  )

  it('ends with its end mark, after the event that a cancelled run ends with (B-33)', async () => {
    const { open, end } = await serving(3)
    const { items } = await open(0)
    end('cancelled')
    const told = await allOf(items)
    const [last, mark] = told.slice(-2)
    expect(last).toMatchObject({ kind: 'event', data: expect.stringContaining('"type":"run.cancelled"') })
    expect(mark).toEqual({ kind: 'end' })
    expect(seqsOf(told)).toEqual(upTo(4))
  })

  it('of a run that has ended gives a reader who saw all of it the end mark and nothing again (B-67)', async () => {
    const { open, end } = await serving(3)
    end('success')
    expect(await allOf((await open(4)).items)).toEqual([{ kind: 'end' }])
  })

  it('keeps the line warm while nothing happens', async () => {
    const { open, end } = await serving(1, { heartbeatMs: 20 })
    const { items } = await open(0)
    const told: StreamItem['kind'][] = []
    for await (const { kind } of items) {
      told.push(kind)
      if (told.length === 3) end('success')
    }
    expect(told.slice(0, 3)).toEqual(['event', 'heartbeat', 'heartbeat'])
    expect(told.at(-1)).toBe('end')
  })
})

describe('a reader that takes nothing', () => {
  // Some 12 MB: more than the system takes in for a reader who is asleep.
  const events = 200
  const bytes = 60_000

  it('is cut off with slow_reader, is not sent heartbeats meanwhile, and resumes where it was', async () => {
    const { open, end } = await serving(events, { bytes, heartbeatMs: 5, slowReaderMs: 1_500 })
    end('success')
    const asleep = await open(0)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const told = await allOf(asleep.items)
    const seen = seqsOf(told)
    expect(told.at(-1)).toEqual({ kind: 'error', code: 'slow_reader' })
    expect(told.filter(({ kind }) => kind === 'heartbeat')).toEqual([])
    expect(seen).toEqual(upTo(seen.length))
    expect(seen.length).toBeLessThan(events)
    const { items } = await open(seen.length)
    expect(seqsOf(await allOf(items))).toEqual(upTo(events + 1, seen.length + 1))
  })

  it('that sleeps on is let go, and resumes all the same', async () => {
    const { open, end } = await serving(events, { bytes, slowReaderMs: 100 })
    end('success')
    const asleep = await open(0)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const told = await allOf(asleep.items)
    expect(told.at(-1)?.kind).toBe('event')
    const { items } = await open(seqsOf(told).length)
    expect([...seqsOf(told), ...seqsOf(await allOf(items))]).toEqual(upTo(events + 1))
  })
})

describe('a client of ours', () => {
  it('goes on after the last event when the line breaks', async () => {
    const { port, append, end } = await serving(5)
    const [client, breaking] = [httpClient(port, bearer), { times: 0 }]
    const seen: number[] = []
    const broken: typeof client = {
      ...client,
      // The line breaks after each second event.
      subscribe: (name, input, listener) => {
        let taken = 0
        const stop = client.subscribe(name, input, {
          ...listener,
          item: (item) => {
            if (taken === 2) return
            taken += 1
            listener.item(item)
            if (taken < 2) return
            breaking.times += 1
            stop()
            listener.error({ error: { code: 'stream_broken', message: 'broken' }, detail: 'broken' })
          },
        })
        return stop
      },
    }
    const following = followRun(broken, runId, ({ seq }) => void seen.push(seq))
    append(4)
    end('success')
    await following
    expect(seen).toEqual(upTo(10))
    expect(breaking.times).toBe(5)
  })

  it('is told once that a stream broke off, and by its own code', async () => {
    // A service that breaks off in the middle: after an event, and after a reason.
    const refusal = JSON.stringify({
      type: 'stream.error',
      ...errorBody(new AppError('slow_reader', 'slow')),
    })
    for (const [body, code] of [
      ['id: 1\ndata: {"seq":1}\n\n', 'stream_broken'],
      [`id: 1\ndata: {"seq":1}\n\ndata: ${refusal}\n\n`, 'slow_reader'],
    ] as const) {
      const told: unknown[] = []
      const over = Promise.withResolvers<void>()
      const client = createHttpClient({
        baseUrl: '',
        bearer: () => null,
        fetch: async () => new Response(body),
        createAbort: () => new AbortController(),
        createDecoder: () => new TextDecoder(),
      })
      client.subscribe(
        'runEvents',
        { run_id: runId },
        {
          item: ({ seq }) => told.push(seq),
          end: () => told.push('end'),
          error: ({ error }) => {
            told.push(error.code)
            // Whatever else it had to say it says in this turn.
            setImmediate(over.resolve)
          },
        },
      )
      await over.promise
      expect(told).toEqual([1, code])
    }
  })
})
