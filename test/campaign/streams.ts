import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from '../../src/main/api/server.ts'
import { Random } from '../fuzz/random.ts'
import { bearer, serveLogs } from '../support/log-service.ts'
import { newRun, type OpenStore, openStoreAt, step, success } from '../support/open-store.ts'
import { openStream, type StreamRequest } from '../support/stream-reader.ts'

export interface StreamsCampaign {
  readonly seed: number
  /** Of all subscribers, how many are slow and how many leave and come back. */
  readonly count: number
  readonly slow: number
  readonly reconnecting: number
  /** A file for the database, not there yet. */
  readonly file: string
  readonly tell: (line: string) => void
}

export interface StreamsOutcome {
  readonly events: number
  /** Who did not end with every number once and in order, in words. */
  readonly findings: readonly string[]
  /** How often the service cut a reader off, and how often a reader left. */
  readonly cutOff: number
  readonly left: number
}

/** Some are large, so that a reader who sleeps is more behind than the system buffers for it (some 4 MB). */
const events = 1_500
const largeEvery = 4
const large = 'x'.repeat(16_000)
const slowReaderMs = 400
const runId = 'watched'

type Behaviour = 'keen' | 'late' | 'dawdling' | 'asleep' | 'leaving'

interface Subscriber {
  readonly index: number
  readonly behaviour: Behaviour
  readonly random: Random
  readonly seqs: number[]
  cutOff: number
  left: number
}

/** Many subscribers of one run, each in its own manner: whatever happens to them, all see the same. */
export async function campaignOfStreams(campaign: StreamsCampaign): Promise<StreamsOutcome> {
  const { seed, count, file, tell } = campaign
  const opened = openStoreAt(file)
  opened.store.create(newRun(runId))
  opened.store.start(runId)
  const service = await serveLogs(opened, { streams: { heartbeatMs: 1_000, slowReaderMs } })
  try {
    const produced = Promise.withResolvers<void>()
    const subscribers = Array.from({ length: count }, (_, index): Subscriber => {
      const random = new Random(seed, index)
      return { index, behaviour: behaviourOf(index, campaign), random, seqs: [], cutOff: 0, left: 0 }
    })
    const reading = subscribers.map((subscriber) => subscribe(subscriber, service, produced.promise))
    await produce(opened, new Random(seed, count))
    tell(`${events} events are written`)
    produced.resolve()
    await Promise.all(reading)
    const sum = (pick: (subscriber: Subscriber) => number) =>
      subscribers.reduce((total, subscriber) => total + pick(subscriber), 0)
    return {
      events,
      findings: subscribers.flatMap(findingOf),
      cutOff: sum(({ cutOff }) => cutOff),
      left: sum(({ left }) => left),
    }
  } finally {
    await service.close()
    opened.database.close()
  }
}

function behaviourOf(index: number, { slow, reconnecting }: StreamsCampaign): Behaviour {
  if (index < slow) return index % 2 === 0 ? 'asleep' : 'dawdling'
  if (index < slow + reconnecting) return 'leaving'
  return index % 5 === 0 ? 'late' : 'keen'
}

/** In batches of any size, as agents report. */
async function produce({ logs }: OpenStore, random: Random): Promise<void> {
  const log = logs.open(runId)
  let number = 1
  while (number < events) {
    for (let batch = 1 + random.below(10); batch > 0 && number < events; batch -= 1, number += 1) {
      log.append(step(String(number), number % largeEvery === 0 ? large : ''), {
        source: 'runner',
        causeSeq: [],
      })
    }
    await delay(random.below(5))
  }
  log.end({ type: 'run.complete' }, success, [events - 1])
}

/** Reads until the end mark, and comes back after the last number whenever the stream is over before. */
async function subscribe(subscriber: Subscriber, { port }: Service, produced: Promise<void>): Promise<void> {
  const { behaviour, random, seqs } = subscriber
  if (behaviour === 'late') await delay(random.below(1_000))
  for (;;) {
    const by = random.chance(2) ? 'header' : 'query'
    const request: StreamRequest = { port, bearer, runId, afterSeq: seqs.at(-1) ?? 0, by }
    if (await readOnce(subscriber, request, produced)) return
  }
}

/** Whether the end mark came. */
async function readOnce(
  subscriber: Subscriber,
  request: StreamRequest,
  produced: Promise<void>,
): Promise<boolean> {
  const { behaviour, random, seqs } = subscriber
  const { response, items } = await openStream(request)
  const patience = behaviour === 'leaving' ? 1 + random.below(200) : Number.POSITIVE_INFINITY
  let taken = 0
  for await (const item of items) {
    if (item.kind === 'end') return true
    if (item.kind === 'error') break
    if (item.kind === 'heartbeat') continue
    seqs.push(item.seq)
    taken += 1
    if (taken === patience) {
      subscriber.left += 1
      response.destroy()
      return false
    }
    if (behaviour === 'dawdling' && random.chance(50)) await delay(random.below(30))
    if (behaviour === 'asleep' && subscriber.cutOff === 0 && taken === 1) {
      await produced
      await delay(slowReaderMs * 4)
    }
  }
  subscriber.cutOff += 1
  return false
}

function findingOf({ index, behaviour, seqs }: Subscriber): string[] {
  const wrong = seqs.findIndex((seq, at) => seq !== at + 1)
  if (wrong === -1 && seqs.length === events) return []
  const where = wrong === -1 ? `only ${seqs.length} events` : `number ${seqs[wrong]} at place ${wrong + 1}`
  return [`subscriber ${index} (${behaviour}): ${where}`]
}
