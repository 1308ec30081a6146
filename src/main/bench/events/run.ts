import { median, percentile } from '../compare.ts'
import { inFolder } from '../in-folder.ts'
import { type EventsRound, type EventsWorkload, measureRound } from './round.ts'

export interface EventsBenchResult {
  readonly name: 'events'
  readonly subscribers: number
  readonly events: number
  readonly rounds: number
  /** Durable appends that every subscriber over HTTP has received, a second; the median of the rounds. */
  readonly oursPerSecond: number
  /** The same rows, inserted one by one into a database of the same settings, with nobody listening. */
  readonly barePerSecond: number
  readonly ratio: number
  /** From an append to its arrival at a subscriber: the slowest hundredth of all rounds. */
  readonly p99Ms: number
}

export const eventsWorkload: EventsWorkload = { subscribers: 50, events: 2_000, batch: 10 }

/** Readers live in the same process, so what they cost is ours too. */
export async function runEventsBench(workload: EventsWorkload, rounds: number): Promise<EventsBenchResult> {
  await inFolder((folder) => measureRound(workload, folder))
  const measured: EventsRound[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push(await inFolder((folder) => measureRound(workload, folder)))
  }
  const { subscribers, events } = workload
  const rate = (ms: number) => (events * 1_000) / ms
  return {
    name: 'events',
    subscribers,
    events,
    rounds,
    oursPerSecond: median(measured.map(({ oursMs }) => rate(oursMs))),
    barePerSecond: median(measured.map(({ bareMs }) => rate(bareMs))),
    ratio: median(measured.map(({ oursMs, bareMs }) => bareMs / oursMs)),
    p99Ms: percentile(
      measured.flatMap(({ delaysMs }) => delaysMs),
      0.99,
    ),
  }
}
