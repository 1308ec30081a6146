import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { StartRun } from '../../shared/contract.ts'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { RunAgent, RunStatus } from '../../shared/run.ts'
import type { AgentSpec } from '../../shared/scenario.ts'
import type { AllowedPrograms } from '../allowed-programs.ts'
import type { ControlPlanes } from '../control-plane/control-planes.ts'
import { requireProgram } from '../hosting/worker-program.ts'
import { effectiveInputs, findScenario, type Registry, type ResolvedScenario } from '../registry/index.ts'
import type { EventLogs } from '../store/event-log.ts'
import type { RunStore } from '../store/run-store.ts'
import { type Conductor, conductRun } from './conduct-run.ts'
import { createPace, type Pace } from './pace.ts'
import { planFaults } from './plan-faults.ts'

export interface Runner {
  /** Refuses bad input before anything starts; resolves once the run is stored and on its way. */
  start(request: StartRun): { runId: string; status: RunStatus }
  /** Whether the run now stands still. Throws `run_not_running`, or `run_not_found`. */
  control(runId: string, how: 'pause' | 'resume' | 'step'): boolean
  /** Resolves when the run's processes are gone and its last event is stored. */
  cancel(runId: string): Promise<boolean>
  /** Takes no more runs and cancels those going on. */
  close(): Promise<void>
  /** Ids of runs going on. */
  active(): string[]
  /** Resolves when no run is going on. */
  idle(): Promise<void>
}

export interface RunnerParts extends Conductor {
  readonly registry: () => Registry
  readonly store: RunStore
  readonly logs: EventLogs
  readonly log: Logger
  readonly controlPlanes: ControlPlanes
  readonly programs: AllowedPrograms
}

/** How long the end of the last runs may take to reach a Control Plane when the console closes. */
const lastReportMs = 1_500

interface LiveRun {
  readonly pace: Pace
  readonly abort: AbortController
  readonly done: Promise<void>
}

export function createRunner(parts: RunnerParts): Runner {
  const live = new Map<string, LiveRun>()
  const reporting = new Set<Promise<void>>()
  let closing = false

  function start(request: StartRun): { runId: string; status: RunStatus } {
    const template = templateOf(request)
    const scenario = findScenario(parts.registry(), request.scenario_ref, template)
    const inputs = effectiveInputs(scenario.scenario, request.inputs)
    for (const [agentId, manifest] of Object.entries(scenario.manifests)) {
      requireProgram(agentId, manifest, parts)
    }
    if (request.allow_programs) parts.programs.allow(parts.scenariosDir)
    parts.programs.require(parts.scenariosDir, scenario.manifests)
    const agents = scenario.scenario.spec.agents
    const faultsAimedAt = planFaults(
      request.fault_injection,
      agents.map(({ id }) => id),
    )
    const controlPlane = parts.controlPlanes.of(request.cp)
    if (closing) throw new AppError('data_folder_in_use', 'The console is closing; start the run again.')
    const runId = request.run_id ?? randomUUID()
    parts.store.create({
      run_id: runId,
      scenario_ref: scenario.ref,
      run_label: request.run_label,
      template,
      inputs,
      cp: controlPlane?.config.choice ?? 'off',
      created_at: Date.now() / 1000,
    })
    parts.store.setAgents(
      runId,
      agents.map((spec) => plannedAgent(scenario, spec)),
    )
    const abort = new AbortController()
    const pace = createPace(request.paused)
    const done = conductRun(parts, {
      runId,
      traceId: randomBytes(16).toString('hex'),
      scenario,
      inputs,
      controlPlane,
      faultsAimedAt,
      hasPublicKeys: request.dangerously_playground_seeds,
      pace,
      abort,
    })
      .then(({ reported }) => {
        reporting.add(reported)
        void reported.finally(() => reporting.delete(reported))
      })
      .catch((error: unknown) =>
        parts.log.error({ run_id: runId, err: error }, 'a run ended without a record of its end'),
      )
      .finally(() => live.delete(runId))
    live.set(runId, { pace, abort, done })
    return { runId, status: 'pending' }
  }

  async function cancel(runId: string): Promise<boolean> {
    const run = live.get(runId)
    if (!run) {
      parts.store.status(runId)
      return false
    }
    run.abort.abort(new AppError('run_cancelled', 'The run was cancelled.'))
    await run.done
    return parts.store.status(runId) === 'cancelled'
  }

  function control(runId: string, how: 'pause' | 'resume' | 'step'): boolean {
    const run = live.get(runId)
    if (!run || run.abort.signal.aborted) {
      throw new AppError('run_not_running', `Run ${runId} has ended: it is ${parts.store.status(runId)}.`)
    }
    run.pace[how]()
    return run.pace.paused
  }

  return {
    start,
    control,
    cancel,
    close: async () => {
      closing = true
      await Promise.all([...live.keys()].map(cancel))
      const told = Promise.allSettled(reporting)
      await Promise.race([told, delay(lastReportMs, undefined, { ref: false })])
    },
    active: () => [...live.keys()],
    idle: async () => void (await Promise.all([...live.values()].map(({ done }) => done))),
  }
}

/** `variant` is another name for it. Throws `invalid_body` when the two name different ones. */
function templateOf({ template, variant }: StartRun): string | null {
  if (template !== null && variant !== null && template !== variant) {
    throw new AppError(
      'invalid_body',
      `\`template\` and \`variant\` are two names for one thing, and say ${template} and ${variant}.`,
    )
  }
  return template ?? variant
}

function plannedAgent({ manifests }: ResolvedScenario, spec: AgentSpec): RunAgent {
  const common = { agent_id: spec.id, pid: null, port: null, org: spec.org }
  const manifest = manifests[spec.id]
  if (manifest === undefined) {
    return {
      ...common,
      aid: spec.pinned_aid,
      display_name: spec.id,
      signing_suite: spec.signing_suite ?? 'ed25519',
      offered_caps: [],
      remote: true,
    }
  }
  const { display_name, offered_caps, signing_suite } = manifest.spec.aitp
  return {
    ...common,
    aid: null,
    display_name,
    signing_suite: spec.signing_suite ?? signing_suite,
    offered_caps,
    remote: false,
  }
}

/** Marks what an earlier process left unfinished; everything it had acknowledged stays. */
export function markInterrupted(store: RunStore, logs: EventLogs): string[] {
  const left = store.unfinished()
  for (const runId of left) {
    const { outputs, events } = store.get(runId)
    const error = new AppError('internal_error', 'The console ended while this run was going on.')
    const last = events.at(-1)
    logs
      .open(runId)
      .end(
        { type: 'run.interrupted', error: error.message },
        { status: 'interrupted', outputs, error: toAppError(error), asExpected: null },
        last ? [last.seq] : [],
      )
  }
  return left
}
