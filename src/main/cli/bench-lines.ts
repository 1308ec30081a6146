import type { ControlPlaneBenchResult } from '../bench/control-plane/run.ts'
import type { EventsBenchResult } from '../bench/events/run.ts'
import type { Compared, ProcessBenchResult } from '../bench/processes/run.ts'
import type { Requests } from '../bench/processes/workload.ts'
import type { BenchResult } from '../bench/run.ts'

export function benchLines(result: BenchResult): string[] {
  const { name, unit, signatures, oursPerSecond, barePerSecond, ratio, least, met, rounds } = result
  const inside = signatures === 1 ? 'the one native signature' : `the ${signatures} native signatures`
  return [
    `${name}: ${Math.round(oursPerSecond)} ${unit} a second`,
    `  ${inside} inside, alone: ${Math.round(barePerSecond)} a second`,
    `  ratio ${ratio.toFixed(3)}, at least ${least} is wanted: ${met ? 'met' : 'NOT met'}`,
    `  medians of ${rounds} interleaved rounds`,
    ...(result.profile ?? []).map((row) => `  ${(row.share * 100).toFixed(1).padStart(5)} %  ${row.name}`),
  ]
}

export function processBenchLines(result: ProcessBenchResult): string[] {
  const { name, agents, handshakes, rounds, start, trust, stop, total, requests } = result
  return [
    `${name}: ${agents} agents${handshakes === 0 ? '' : `, ${handshakes} handshakes`} in ${ms(total.oursMs)}`,
    `  as many bare express processes with as many requests: ${ms(total.floorMs)}, ratio ${total.ratio.toFixed(2)}`,
    phase('start', start),
    ...(trust === null ? [] : [phase('handshakes', trust)]),
    phase('stop', stop),
    `  requests: ${requestWords(requests.ours)}; bare ${requestWords(requests.floor)}`,
    `  medians of ${rounds} interleaved rounds`,
  ]
}

export function eventsBenchLines(result: EventsBenchResult): string[] {
  const { name, subscribers, events, rounds, oursPerSecond, barePerSecond, ratio, p99Ms } = result
  return [
    `${name}: ${Math.round(oursPerSecond)} durable appends a second, each received by ${subscribers} subscribers`,
    `  the same rows into a bare SQLite table: ${Math.round(barePerSecond)} a second, ratio ${ratio.toFixed(3)}`,
    `  from append to subscriber: ${p99Ms.toFixed(1)} ms at the 99th percentile`,
    `  medians of ${rounds} interleaved rounds of ${events} events`,
  ]
}

export function controlPlaneBenchLines(result: ControlPlaneBenchResult): string[] {
  const { name, events, batch, stored, sessions, oursPerSecond, barePerSecond, ratio, p99Ms } = result
  const lost = events - stored
  return [
    `${name}: ${Math.round(oursPerSecond)} events a second over HTTP, stored and projected, ${batch} a request`,
    `  of ${events} events ${lost === 0 ? 'none' : lost} lost; ${sessions} sessions made of them`,
    `  the same events into a bare SQLite table: ${Math.round(barePerSecond)} a second, ratio ${ratio.toFixed(3)}`,
    `  99th percentile: discovery ${p99Ms.discovery.toFixed(1)} ms, history ${p99Ms.history.toFixed(1)} ms, tree ${p99Ms.tree.toFixed(1)} ms`,
  ]
}

function phase(name: string, { oursMs, floorMs, ratio }: Compared): string {
  return `  ${name}: ${ms(oursMs)}, bare ${ms(floorMs)}, ratio ${ratio.toFixed(2)}`
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function requestWords({ hostToAgent, agentToAgent, agentToHost }: Requests): string {
  return `${hostToAgent} from the host, ${agentToAgent} between agents, ${agentToHost} to the host`
}
