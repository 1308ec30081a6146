import { AppError, toAppError } from '../../shared/errors.ts'
import type { EventBody } from '../../shared/events.ts'
import { describeExit } from '../hosting/supervisor.ts'
import type { ResolvedScenario } from '../registry/index.ts'
import type { EventLogs } from '../store/event-log.ts'
import type { RunEnd, RunStore } from '../store/run-store.ts'
import { discover } from '../trust/discovery.ts'
import { establishTrust } from './establish-trust.ts'
import { agentOf, type RunContext } from './run-context.ts'
import { runSteps } from './run-steps.ts'
import { type AgentStarter, introducePeers, type Leases, returnLeases, startAgents } from './start-agents.ts'

export interface Conductor extends AgentStarter {
  readonly store: RunStore
  readonly logs: EventLogs
}

export interface RunPlan {
  readonly runId: string
  readonly traceId: string
  readonly scenario: ResolvedScenario
  readonly inputs: Readonly<Record<string, unknown>>
  readonly abort: AbortController
}

/**
 * Takes one run from its first event to its last: agents, discovery, trust, steps, clean-up. Whatever happens on the
 * way, processes are gone and ports free before the last event is written.
 */
export async function conductRun(conductor: Conductor, plan: RunPlan): Promise<void> {
  const context: RunContext = {
    ...plan,
    log: conductor.logs.open(plan.runId),
    signal: plan.abort.signal,
    agents: new Map(),
    peers: new Map(),
    outputs: {},
  }
  const leases: Leases = { ports: [], files: [] }
  let failure: unknown = null
  let causeSeq: readonly number[] | null = null
  try {
    conductor.store.start(plan.runId)
    const started = context.log.begin([])
    started.append({ type: 'run.started', scenario_ref: plan.scenario.ref, template: plan.scenario.template })
    causeSeq = await performPhases(conductor, context, leases, plan.abort, started.tail)
  } catch (error) {
    // What aborted the run explains it better than the call that the abort cut short.
    failure = plan.abort.signal.reason ?? error
  }
  const lastSeq = causeSeq ?? [context.log.lastSeq()]
  await cleanUp(conductor, context, leases, lastSeq)
  const { body, end } = ending(failure, context.outputs)
  context.log.end(body, end, lastSeq)
}

async function performPhases(
  conductor: Conductor,
  context: RunContext,
  leases: Leases,
  abort: AbortController,
  startedSeq: readonly number[],
): Promise<readonly number[]> {
  const { spec } = context.scenario.scenario
  const ready = await startAgents(context, conductor, leases, startedSeq, () =>
    recordAgents(conductor, context),
  )
  watchForCrashes(context, abort)

  const resolving = context.log.begin(ready)
  for (const [id, peer] of Object.entries(
    discover(spec.trust, spec.agents, (id) => agentOf(context, id).port),
  )) {
    context.peers.set(id, peer)
  }
  await introducePeers(context, resolving.id)
  resolving.append({
    type: 'trust.peers_resolved',
    peers: Object.fromEntries([...context.peers].map(([id, { manifest_url }]) => [id, manifest_url])),
    sources: Object.fromEntries([...context.peers].map(([id, { source }]) => [id, source])),
  })

  const trusted = spec.trust.eager ? await shakeAllHands(context, resolving.tail) : resolving.tail
  return runSteps(context, trusted, () => conductor.store.setOutputs(context.runId, context.outputs))
}

/** Every pair in agent order, first one way and then the other. */
async function shakeAllHands(context: RunContext, causeSeq: readonly number[]): Promise<readonly number[]> {
  const ids = context.scenario.scenario.spec.agents.map(({ id }) => id)
  const ends: number[] = []
  for (const [index, first] of ids.entries()) {
    for (const second of ids.slice(index + 1)) {
      for (const [initiator, responder] of [[first, second] as const, [second, first] as const]) {
        context.signal.throwIfAborted()
        const operation = context.log.begin(causeSeq)
        await establishTrust(context, operation, { initiator, responder })
        ends.push(...operation.tail)
      }
    }
  }
  return ends.length === 0 ? causeSeq : ends
}

/** A worker that ends by itself ends the run, at once and by name. */
function watchForCrashes(context: RunContext, abort: AbortController): void {
  for (const agent of context.agents.values()) {
    agent.worker.ended
      .then(({ exit, cause }) => {
        if (cause === 'stopped') return
        abort.abort(
          new AppError(
            'agent_exited',
            `Agent ${agent.agentId} (pid ${agent.worker.pid}) ended by itself: ${describeExit(exit)}.`,
          ),
        )
      })
      .catch(() => undefined)
  }
}

function recordAgents(conductor: Conductor, context: RunContext): void {
  const { agents } = conductor.store.get(context.runId)
  conductor.store.setAgents(
    context.runId,
    agents.map((planned) => {
      const running = context.agents.get(planned.agent_id)
      return running ? { ...planned, pid: running.worker.pid, aid: running.aid, port: running.port } : planned
    }),
  )
}

async function cleanUp(
  conductor: Conductor,
  context: RunContext,
  leases: Leases,
  causeSeq: readonly number[],
): Promise<void> {
  await conductor.supervisor.stopRun(context.runId)
  conductor.telemetry.dismissRun(context.runId)
  returnLeases(conductor, leases)
  for (const { id: agentId } of context.scenario.scenario.spec.agents) {
    const worker = context.agents.get(agentId)?.worker
    if (!worker) continue
    const { exit, cause } = await worker.ended
    context.log.append(
      {
        type: 'agent.exited',
        agent_id: agentId,
        pid: worker.pid,
        exit_code: exit.code,
        signal: exit.signal,
        cause,
      },
      { source: 'runner', causeSeq: cause === 'stopped' ? causeSeq : [] },
    )
  }
}

function ending(failure: unknown, outputs: Record<string, unknown>): { body: EventBody; end: RunEnd } {
  if (failure === null)
    return { body: { type: 'run.complete' }, end: { status: 'success', outputs, error: null } }
  const error = toAppError(failure)
  const { code, message } = error
  if (code === 'run_cancelled') {
    return { body: { type: 'run.cancelled' }, end: { status: 'cancelled', outputs, error: null } }
  }
  return {
    body: { type: 'run.failed', error: message, code },
    end: { status: 'failed', outputs, error: { code, message } },
  }
}
