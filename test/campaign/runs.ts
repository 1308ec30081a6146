import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLocalClient } from '../../src/main/local-client.ts'
import { loadRegistry } from '../../src/main/registry/index.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { openHost } from '../support/open-host.ts'
import { shippedScenarios } from '../support/repository.ts'
import { leftoversOf, openDescriptors } from './leftovers.ts'
import { type PlannedRun, planRun } from './plan.ts'

export interface RunsCampaign {
  readonly seed: number
  readonly count: number
  /** An empty folder for everything that the host and its agents write. */
  readonly folder: string
  readonly tell: (line: string) => void
}

export interface RunsOutcome {
  readonly ended: Readonly<Record<string, number>>
  /** What some run left behind, or did not come to, in words. */
  readonly findings: readonly string[]
  /** Bytes in use after a forced collection: after {@link warmRuns} runs, or half of them where there are fewer, and at the end. */
  readonly heap: { readonly warm: number; readonly end: number }
}

/** By then every part has been used, and what is kept for good is there. */
export const warmRuns = 20

/** Run after run in one host, some of them cut short on the way; after each nothing of it may be left. */
export async function campaignOfRuns({ seed, count, folder, tell }: RunsCampaign): Promise<RunsOutcome> {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  // A range of its own, so that campaigns side by side do not ask for each other's ports.
  const basePort = 10_000 + (process.pid % 1_000) * 20
  const home = join(folder, 'home')
  const host = await openHost(home, {
    agentBasePort: basePort,
    environment: { PATH: process.env['PATH'], TMPDIR: temporary },
  })
  try {
    const client = createLocalClient(host.handlers)
    const registry = loadRegistry(shippedScenarios)
    const watched = {
      folders: [join(home, 'bootstrap'), temporary],
      basePort,
      descriptors: openDescriptors(),
    }
    const ended: Record<string, number> = {}
    const findings: string[] = []
    let warm = 0
    for (let index = 0; index < count; index += 1) {
      const planned = planRun(seed, index, registry)
      const record = await perform(client, planned)
      ended[record.status] = (ended[record.status] ?? 0) + 1
      findings.push(...unexpected(planned, record), ...(await leftoversOf(record, watched)))
      tell(`${index + 1} ${planned.ref}${wordsOf(planned)}: ${record.status}`)
      if (index + 1 === Math.min(warmRuns, Math.ceil(count / 2))) warm = collectedHeap()
    }
    return { ended, findings, heap: { warm, end: collectedHeap() } }
  } finally {
    await host.close()
  }
}

/** Runs to its end, or to the step at which something happens to it. */
async function perform(client: ConsoleClient, { ref, interruption }: PlannedRun): Promise<RunRecord> {
  const { run_id } = await client.call('startRun', { scenario_ref: ref })
  const pids: number[] = []
  let interrupted: Promise<unknown> | null = null
  const interrupt = async (how: 'cancel' | 'kill') => {
    if (how === 'cancel') await client.call('cancelRun', { run_id })
    else end(pids[0])
  }
  await new Promise<void>((resolve, reject) => {
    client.subscribe(
      'runEvents',
      { run_id },
      {
        item: (event) => {
          if (event.type === 'agent.ready') pids.push(event.pid)
          if (interruption === null || !('step_id' in event) || event.step_id !== interruption.stepId) return
          interrupted ??= interrupt(interruption.how)
        },
        end: resolve,
        error: ({ error }) => reject(new Error(error.message)),
      },
    )
  })
  await interrupted
  return client.call('getRun', { run_id })
}

/** The run may have been quicker, and its agents gone. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function wordsOf({ interruption }: PlannedRun): string {
  return interruption === null ? '' : `, ${interruption.how} at ${interruption.stepId}`
}

/** A run comes to what its scenario says; one that something happened to may have been quicker. */
function unexpected({ ref, interruption }: PlannedRun, record: RunRecord): string[] {
  const { run_id, status, error, error_code } = record
  if (interruption?.how === 'cancel' && status === 'cancelled') return []
  if (interruption?.how === 'kill' && error_code === 'agent_exited') return []
  if (record.as_expected ?? status === 'success') return []
  return [`${run_id}: ${ref} ended as ${status}: ${error}`]
}

/** Bytes in use once what nobody refers to any more is gone. */
function collectedHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  // What the first collection hands to finalisers only the second takes.
  for (let times = 0; times < 3; times += 1) collect()
  return process.memoryUsage().heapUsed
}
