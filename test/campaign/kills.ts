import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { loadRegistry } from '../../src/main/registry/index.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import { AppError, toAppError } from '../../src/shared/errors.ts'
import { isTerminalEvent, type RunEvent } from '../../src/shared/events.ts'
import { isTerminalStatus, type RunRecord } from '../../src/shared/run.ts'
import { Random } from '../fuzz/random.ts'
import { isAlive } from '../support/alive.ts'
import { shippedScenarios } from '../support/repository.ts'
import { type ServingProcess, startServing } from './serving-process.ts'

export interface KillsCampaign {
  readonly seed: number
  readonly count: number
  /** An empty folder for the data of the host. */
  readonly folder: string
  readonly tell: (line: string) => void
}

export interface KillsOutcome {
  /** How many runs the host had acknowledged. */
  readonly runs: number
  /** How many events somebody had seen before a kill. */
  readonly events: number
  readonly statuses: Readonly<Record<string, number>>
  /** What was acknowledged or seen and is not there, or is another thing now, in words. */
  readonly findings: readonly string[]
}

/** What callers and subscribers know of a run from a host that is no more. */
interface Witnessed {
  readonly runId: string
  /** What each subscriber was sent. */
  readonly seen: RunEvent[][]
  /** How many events a caller was told there are. */
  counted: number
  cancelled: boolean
  deleted: 'no' | 'asked' | 'yes'
}

const runsAtATime = 2
const subscribersOfEach = 2
/** A run of the catalogue takes about as long with another beside it. */
const longestLifeMs = 2_500
const agentsGoneMs = 5_000
const pollMs = 20

/** A real host, killed at any moment while runs go on; the next one on the same data has to have all of it. */
export async function campaignOfKills({ seed, count, folder, tell }: KillsCampaign): Promise<KillsOutcome> {
  const home = join(folder, 'home')
  const refs = loadRegistry(shippedScenarios).scenarios.map(({ ref }) => ref)
  const witnessed: Witnessed[] = []
  const findings: string[] = []
  let host = await startServing(home)
  try {
    for (let index = 0; index < count; index += 1) {
      const random = new Random(seed, index)
      const fresh = await liveAndBeKilled(host, random, refs, witnessed)
      host = await startServing(home)
      const found = await compare(host.client, fresh)
      witnessed.push(...fresh)
      findings.push(...found)
      tell(`${index + 1} ${fresh.length} runs, ${countSeen(fresh)} events seen, ${found.length} findings`)
    }
    // And nothing that was there after one kill is gone after the others.
    findings.push(...(await compare(host.client, witnessed)))
    const { runs } = await host.client.call('listRuns', {})
    const statuses = Object.groupBy(runs, ({ status }) => status)
    return {
      runs: witnessed.length,
      events: countSeen(witnessed),
      statuses: Object.fromEntries(Object.entries(statuses).map(([status, of]) => [status, of.length])),
      findings: [...new Set(findings)],
    }
  } finally {
    await host.end('SIGTERM')
  }
}

/** Starts runs, watches them, cancels and deletes now and then, until the host is gone. */
async function liveAndBeKilled(
  host: ServingProcess,
  random: Random,
  refs: readonly string[],
  earlier: readonly Witnessed[],
): Promise<Witnessed[]> {
  const { client } = host
  // All is drawn first, so that a seed gives the same whatever answers first.
  const plans = Array.from({ length: runsAtATime }, () => ({
    ref: random.pick(refs),
    cancelAfterMs: random.chance(4) ? random.below(longestLifeMs) : null,
  }))
  const unwanted = earlier.length > 0 && random.chance(3) ? random.pick(earlier) : null
  const lifeMs = random.below(longestLifeMs)

  const fresh: Witnessed[] = []
  const begun = Promise.withResolvers<void>()
  const acts = plans.map(async ({ ref, cancelAfterMs }) => {
    const { run_id } = await client.call('startRun', { scenario_ref: ref })
    const run: Witnessed = { runId: run_id, seen: [], counted: 0, cancelled: false, deleted: 'no' }
    fresh.push(run)
    begun.resolve()
    const watching = Array.from({ length: subscribersOfEach }, () => watch(client, run))
    const cancelling = cancelAfterMs === null ? [] : [cancel(client, run, cancelAfterMs)]
    await Promise.all([...watching, ...[count(client, run), ...cancelling].map(untilGone)])
  })
  const all = [...acts, ...(unwanted === null ? [] : [remove(client, unwanted)])].map(untilGone)
  const over = Promise.all(all)
  await Promise.race([begun.promise.then(() => delay(lifeMs)), over])
  await host.end('SIGKILL')
  await over
  return fresh
}

/** Notes what the subscriber of a run is sent, until the line breaks or the run ends. */
function watch(client: ConsoleClient, { runId, seen }: Witnessed): Promise<void> {
  const events: RunEvent[] = []
  seen.push(events)
  return new Promise((resolve) => {
    client.subscribe(
      'runEvents',
      { run_id: runId },
      { item: (event) => void events.push(event), end: resolve, error: () => resolve() },
    )
  })
}

/** Notes how many events the host says there are, again and again. */
async function count(client: ConsoleClient, run: Witnessed): Promise<void> {
  for (;;) {
    const { event_count, status } = await client.call('getRunStatus', { run_id: run.runId })
    run.counted = event_count
    if (isTerminalStatus(status)) return
    await delay(pollMs)
  }
}

async function cancel(client: ConsoleClient, run: Witnessed, afterMs: number): Promise<void> {
  await delay(afterMs)
  const { cancelled } = await client.call('cancelRun', { run_id: run.runId })
  run.cancelled = cancelled
}

async function remove(client: ConsoleClient, run: Witnessed): Promise<void> {
  if (run.deleted !== 'no') return
  run.deleted = 'asked'
  await client.call('deleteRun', { run_id: run.runId })
  run.deleted = 'yes'
}

/** A host that is killed breaks the line of what is under way; whatever it answers is still to be right. */
async function untilGone(act: Promise<void>): Promise<void> {
  try {
    await act
  } catch (error) {
    if (error instanceof AppError) throw error
  }
}

async function compare(client: ConsoleClient, witnessed: readonly Witnessed[]): Promise<string[]> {
  const findings: string[] = []
  for (const run of witnessed) {
    const record = await client.call('getRun', { run_id: run.runId }).catch((error: unknown) => {
      if (toAppError(error).code === 'run_not_found') return null
      throw error
    })
    const found = record === null ? whereGone(run) : await differences(run, record)
    findings.push(...found.map((what) => `${run.runId}: ${what}`))
  }
  return findings
}

function whereGone({ deleted }: Witnessed): string[] {
  return deleted === 'no' ? ['is gone'] : []
}

async function differences(
  { seen, counted, cancelled, deleted }: Witnessed,
  record: RunRecord,
): Promise<string[]> {
  const { status, events } = record
  const found: string[] = []
  if (deleted === 'yes') found.push('was deleted and is there')
  for (const subscriber of seen) {
    const other = subscriber.find((event, at) => !isDeepStrictEqual(event, events[at]))
    if (other !== undefined)
      found.push(`event ${other.seq} (${other.type}) was seen and is not stored like that`)
    if (status === 'interrupted' && subscriber.some((event) => isEnd(event))) {
      found.push('was seen to end and is interrupted')
    }
  }
  if (events.length < counted) found.push(`had ${counted} events and has ${events.length}`)
  if (cancelled && status !== 'cancelled') found.push(`was cancelled and is ${status}`)
  if (!isTerminalStatus(status)) found.push(`is ${status}`)
  if (events.filter(isTerminalEvent).length !== 1) found.push('has not one end')
  if (events.some(({ seq }, at) => seq !== at + 1)) found.push('has gaps')
  found.push(...(await agentsLeft(events)))
  return found
}

function isEnd(event: RunEvent): boolean {
  return isTerminalEvent(event) && event.type !== 'run.interrupted'
}

async function agentsLeft(events: readonly RunEvent[]): Promise<string[]> {
  const deadline = performance.now() + agentsGoneMs
  for (;;) {
    const left = events.flatMap((event) =>
      event.type === 'agent.ready' && isAlive(event.pid) ? [event] : [],
    )
    if (left.length === 0) return []
    if (performance.now() > deadline)
      return left.map(({ agent_id, pid }) => `agent ${agent_id} lives: ${pid}`)
    await delay(pollMs)
  }
}

function countSeen(witnessed: readonly Witnessed[]): number {
  return witnessed.reduce((sum, { seen }) => sum + Math.max(0, ...seen.map(({ length }) => length)), 0)
}
