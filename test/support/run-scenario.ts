import { followRun } from '../../src/main/cli/follow-run.ts'
import type { HostConfig } from '../../src/main/host.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import type { ConsoleClient } from '../../src/shared/client.ts'
import type { CallInput } from '../../src/shared/contract.ts'
import type { EventOf, EventType } from '../../src/shared/events.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { startHost } from './host.ts'
import { ofTheTest, type ScenarioWish, scenarioTree } from './scenario-tree.ts'

type Request = Partial<CallInput<'startRun'>>

/** Runs to its end and gives the record. */
export async function runToEnd(client: ConsoleClient, request: Request = {}): Promise<RunRecord> {
  const { run_id } = await client.call('startRun', { scenario_ref: ofTheTest, ...request })
  return endOf(client, run_id)
}

export async function endOf(client: ConsoleClient, runId: string): Promise<RunRecord> {
  await followRun(client, runId, () => undefined)
  return client.call('getRun', { run_id: runId })
}

/** A host of its own for one test, with one scenario of its own. */
export async function hostWith(wish: ScenarioWish, changes: Partial<HostConfig> = {}) {
  const host = await startHost({ scenariosDir: scenarioTree(wish), ...changes })
  return { host, client: createLocalClient(host.handlers) }
}

/** Runs one scenario on a host of its own. */
export async function runScenario(
  wish: ScenarioWish,
  request: Request = {},
  changes: Partial<HostConfig> = {},
): Promise<RunRecord> {
  const { client } = await hostWith(wish, changes)
  return runToEnd(client, request)
}

export function eventsOf<Type extends EventType>({ events }: RunRecord, type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type)
}

/** The types of the runner's events that name a step, in their order. */
export function storyOf({ events }: RunRecord, stepId: string): string[] {
  return events.flatMap((event) =>
    event.source === 'runner' && 'step_id' in event && event.step_id === stepId ? [event.type] : [],
  )
}
