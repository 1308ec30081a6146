import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ShippedPaths } from '../../paths.ts'
import { median } from '../compare.ts'
import { patternOf, runFloor } from './floor.ts'
import { runOurs } from './ours.ts'
import type { Requests, Round, Workload } from './workload.ts'

/** Milliseconds of either side, and ours over the floor: medians of the rounds. */
export interface Compared {
  readonly oursMs: number
  readonly floorMs: number
  readonly ratio: number
}

export interface ProcessBenchResult {
  readonly name: Workload['name']
  readonly agents: number
  readonly handshakes: number
  readonly rounds: number
  /** Until every agent listens, was looked at, and knows its peers. */
  readonly start: Compared
  /** `null` without handshakes. */
  readonly trust: Compared | null
  readonly stop: Compared
  readonly total: Compared
  /** How often who asked whom in one round. */
  readonly requests: { readonly ours: Requests; readonly floor: Requests }
}

/** Both sides in turn, on one machine, each with its compile cache warm; the side that begins changes. */
export async function runProcessBench(
  workload: Workload,
  rounds: number,
  paths: ShippedPaths,
): Promise<ProcessBenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'aitp-console-bench-'))
  try {
    const warmUp = { ...workload, agents: 2 }
    const pattern = patternOf(warmUp, (await runOurs(warmUp, paths, folder)).requests)
    await runFloor(warmUp, pattern, paths, folder)
    const measured: { ours: Round; floor: Round }[] = []
    for (let round = 0; round < rounds; round += 1) {
      const first = round % 2 === 0 ? null : await runFloor(workload, pattern, paths, folder)
      const ours = await runOurs(workload, paths, folder)
      measured.push({ ours, floor: first ?? (await runFloor(workload, pattern, paths, folder)) })
    }
    return resultOf(workload, measured)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function resultOf(
  { name, agents, mesh }: Workload,
  measured: readonly { readonly ours: Round; readonly floor: Round }[],
): ProcessBenchResult {
  const compared = (time: (round: Round) => number): Compared => ({
    oursMs: median(measured.map(({ ours }) => time(ours))),
    floorMs: median(measured.map(({ floor }) => time(floor))),
    ratio: median(measured.map(({ ours, floor }) => time(ours) / time(floor))),
  })
  const [first] = measured
  if (first === undefined) throw new TypeError('a benchmark has at least one round')
  return {
    name,
    agents,
    handshakes: mesh ? agents * (agents - 1) : 0,
    rounds: measured.length,
    start: compared(({ startMs }) => startMs),
    trust: mesh ? compared(({ trustMs }) => trustMs) : null,
    stop: compared(({ stopMs }) => stopMs),
    total: compared(({ startMs, trustMs, stopMs }) => startMs + trustMs + stopMs),
    requests: { ours: first.ours.requests, floor: first.floor.requests },
  }
}
