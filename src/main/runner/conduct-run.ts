import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { EventBody } from '../../shared/events.ts'
import type { FaultKind } from '../../shared/faults.ts'
import type { ControlPlane } from '../control-plane/client.ts'
import { createReport } from '../control-plane/report.ts'
import type { WebhookDesk } from '../control-plane/webhook-desk.ts'
import { giveBack, type Leases, type RunningAgent } from '../hosting/launch-agent.ts'
import { describeExit } from '../hosting/supervisor.ts'
import type { ResolvedScenario } from '../registry/index.ts'
import type { EventLogs } from '../store/event-log.ts'
import type { ReportStore } from '../store/report-store.ts'
import type { RunEnd, RunStore } from '../store/run-store.ts'
import { discover } from '../trust/discovery.ts'
import { asExpected } from './as-expected.ts'
import { introducePeers } from './introduce-peers.ts'
import { createKeepsakes } from './keepsakes.ts'
import type { Pace } from './pace.ts'
import { agentOf, type RunContext } from './run-context.ts'
import { runSteps } from './run-steps.ts'
import { shakeAllHands } from './shake-all-hands.ts'
import { type RunStarter, startAgents } from './start-agents.ts'
import { tellExit } from './tell-exit.ts'

export interface Conductor extends RunStarter {
  readonly store: RunStore
  readonly logs: EventLogs
  readonly reports: ReportStore
  readonly webhooks: WebhookDesk
  /** Where a Control Plane reaches this host. */
  readonly hostUrl: () => string
  readonly log: Logger
}

export interface RunPlan {
  readonly runId: string
  readonly traceId: string
  readonly scenario: ResolvedScenario
  readonly inputs: Readonly<Record<string, unknown>>
  readonly controlPlane: ControlPlane | null
  readonly faultsAimedAt: ReadonlyMap<string, readonly FaultKind[]>
  readonly hasPublicKeys: boolean
  readonly pace: Pace
  readonly abort: AbortController
}

const firstDeliveryMs = 500

/** A run that has ended. */
export interface Conducted {
  /** Settles when the Control Plane has been told of its end, or could not be. */
  readonly reported: Promise<void>
}

/**
 * Takes one run from its first event to its last: agents, discovery, trust, steps, clean-up. Whatever happens on the
 * way, processes are gone and ports free before the last event is written.
 */
export async function conductRun(conductor: Conductor, plan: RunPlan): Promise<Conducted> {
  const log = conductor.logs.open(plan.runId)
  const context: RunContext = {
    ...plan,
    aitp: conductor.aitp,
    hostUrl: conductor.hostUrl(),
    report:
      plan.controlPlane &&
      createReport(
        plan.controlPlane,
        {
          aidOf: (agentId) =>
            context.agents.get(agentId)?.aid ?? context.peers.get(agentId)?.aid ?? undefined,
          boundary: plan.scenario.scenario.spec.trust.boundary,
        },
        (batch) => conductor.reports.add(plan.runId, batch),
        conductor.log,
      ),
    webhooks: conductor.webhooks.open(log, plan.controlPlane),
    log,
    signal: plan.abort.signal,
    workers: new Set(),
    agents: new Map(),
    peers: new Map(),
    outputs: {},
    keepsakes: createKeepsakes(),
    recordAgents: () => recordAgents(conductor, context),
  }
  const { report } = context
  const stopReporting = conductor.logs.observe((event) => {
    if (event.run_id === plan.runId) report?.add(event)
  })
  const leases: Leases = []
  let failure: unknown = null
  let causeSeq: readonly number[] | null = null
  try {
    conductor.store.start(plan.runId)
    const started = context.log.begin([])
    const { expected } = plan.scenario.scenario.spec
    started.append({
      type: 'run.started',
      scenario_ref: plan.scenario.ref,
      template: plan.scenario.template,
      ...(expected === undefined ? {} : { expected }),
      trace_id: plan.traceId,
      ...(plan.hasPublicKeys ? { keys: 'public' } : {}),
    })
    causeSeq = await performPhases(conductor, context, plan, leases, started.tail)
  } catch (error) {
    // What aborted the run explains it better than the call that the abort cut short.
    failure = plan.abort.signal.reason ?? error
  }
  const lastSeq = causeSeq ?? [context.log.lastSeq()]
  try {
    await cleanUp(conductor, context, leases, lastSeq)
  } catch (error) {
    // A run always comes to an end, also when tidying up after it does not.
    failure ??= error
  }
  if (failure === null) await awaitDelivery(context)
  const { body, end } = ending(failure, context)
  context.log.end(body, end, lastSeq)
  context.webhooks.end()
  stopReporting()
  return { reported: report?.flush() ?? Promise.resolve() }
}

/** What a run subscribed to is to be seen in its own log, where it comes at once (B-59). */
async function awaitDelivery({ webhooks, report }: RunContext): Promise<void> {
  if (!webhooks.isSubscribed() || report === null) return
  const delivered = report.flush().then(() => webhooks.delivered)
  await Promise.race([delivered, delay(firstDeliveryMs, undefined, { ref: false })])
}

async function performPhases(
  conductor: Conductor,
  context: RunContext,
  { hasPublicKeys, abort }: RunPlan,
  leases: Leases,
  causeSeq: readonly number[],
): Promise<readonly number[]> {
  const { spec } = context.scenario.scenario
  const ready = await startAgents(context, conductor, {
    leases,
    hasPublicKeys,
    causeSeq,
    onReady: (agent) => {
      watchForCrash(agent, abort)
      context.recordAgents()
    },
  })

  const resolving = context.log.begin(ready)
  const found = await discover({
    spec,
    local: (agentId) => {
      const { aid, worker } = agentOf(context, agentId)
      return { aid, port: worker.peerPort }
    },
    offered: (agentId) => context.scenario.manifests[agentId]?.spec.aitp.offered_caps ?? [],
    controlPlane: context.controlPlane,
    insecureHosts: conductor.environment['AITP_DIDWEB_INSECURE_HOSTS'] ?? '',
    signal: context.signal,
  })
  for (const [id, peer] of found) context.peers.set(id, peer)
  await introducePeers(context, resolving)
  const warnings = [...found].flatMap(([id, { warning }]) => (warning === undefined ? [] : [[id, warning]]))
  resolving.append({
    type: 'trust.peers_resolved',
    peers: Object.fromEntries([...found].map(([id, { manifest_url }]) => [id, manifest_url])),
    sources: Object.fromEntries([...found].map(([id, { source }]) => [id, source])),
    ...(warnings.length === 0 ? {} : { warnings: Object.fromEntries(warnings) }),
  })

  const trusted = spec.trust.eager ? await shakeAllHands(context, resolving.tail) : resolving.tail
  return runSteps(context, trusted, () => conductor.store.setOutputs(context.runId, context.outputs))
}

/** A worker that ends by itself ends the run, at once and by name. */
function watchForCrash({ agentId, worker }: RunningAgent, abort: AbortController): void {
  worker.ended
    .then(({ exit, cause }) => {
      if (cause !== 'crashed') return
      abort.abort(
        new AppError(
          'agent_exited',
          `Agent ${agentId} (pid ${worker.pid}) ended by itself: ${describeExit(exit)}.`,
        ),
      )
    })
    .catch(() => undefined)
}

function recordAgents({ store }: Conductor, { runId, agents: running }: RunContext): void {
  const { agents } = store.get(runId)
  store.setAgents(
    runId,
    agents.map((planned) => {
      const agent = running.get(planned.agent_id)
      return agent
        ? { ...planned, pid: agent.worker.pid, aid: agent.aid, port: agent.worker.peerPort }
        : planned
    }),
  )
}

async function cleanUp(
  conductor: Conductor,
  context: RunContext,
  leases: Leases,
  causeSeq: readonly number[],
): Promise<void> {
  const stopping = conductor.supervisor.stopRun(context.runId)
  try {
    await stopping
  } finally {
    conductor.telemetry.dismissRun(context.runId)
    await giveBack(leases)
  }
  for (const { id } of context.scenario.scenario.spec.agents) {
    const worker = [...context.workers].find(({ agentId }) => agentId === id)
    if (!worker) continue
    await tellExit(context, worker, (event, cause) => {
      context.log.append(event, { source: 'runner', causeSeq: cause === 'stopped' ? causeSeq : [] })
    })
  }
}

function ending(failure: unknown, context: RunContext): { body: EventBody; end: RunEnd } {
  const { outputs } = context
  const end = (status: RunEnd['status'], error: RunEnd['error']): RunEnd => ({
    status,
    outputs,
    error,
    asExpected: asExpected(context, status),
  })
  if (failure === null) return { body: { type: 'run.complete' }, end: end('success', null) }
  const { code, message } = toAppError(failure)
  if (code === 'run_cancelled') return { body: { type: 'run.cancelled' }, end: end('cancelled', null) }
  return { body: { type: 'run.failed', error: message, code }, end: end('failed', { code, message }) }
}
