import type { Handlers, RunningAgent, ScenarioDetail, ScenarioListEntry } from '../../shared/contract.ts'
import type { HostedAgents } from '../hosted-agents/hosted-agents.ts'
import type { Supervisor, Worker } from '../hosting/supervisor.ts'
import { narrateRun } from '../observability/narrator.ts'
import { findScenario, type Registry, type ScenarioVersion } from '../registry/index.ts'
import type { Runner } from '../runner/runner.ts'
import type { EventLogs } from '../store/event-log.ts'
import type { ExchangeStore } from '../store/exchange-store.ts'
import type { RunStore } from '../store/run-store.ts'
import { localManifestUrl } from '../trust/discovery.ts'
import type { SessionCodes } from './session-codes.ts'

export interface HandlerParts {
  readonly version: string
  readonly bearer: string
  readonly codes: SessionCodes
  readonly registry: () => Registry
  readonly runner: Runner
  readonly supervisor: Supervisor
  readonly store: RunStore
  readonly logs: EventLogs
  readonly exchanges: ExchangeStore
  readonly hosted: HostedAgents
}

/** Fulfils the contract; knows no transport. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { registry, runner, store, logs, exchanges, hosted } = parts
  const control = async (run_id: string, how: 'pause' | 'resume' | 'step') => {
    const paused = runner.control(run_id, how)
    return { run_id, status: store.status(run_id), paused }
  }
  return {
    health: async () => ({ status: 'ok', version: parts.version }),
    openSession: async ({ code }) => {
      parts.codes.redeem(code)
      return { bearer: parts.bearer }
    },
    newSessionCode: async () => ({ code: parts.codes.issue() }),
    listPacks: async () => ({ packs: [...registry().packs] }),
    listScenarios: async () => {
      const { scenarios, diagnostics } = registry()
      return { scenarios: scenarios.map(listEntry), diagnostics: [...diagnostics] }
    },
    getScenario: async ({ pack, scenario_version }) =>
      scenarioDetail(registry(), `${pack}/${scenario_version}`),
    startRun: async (request) => {
      const { runId, status } = runner.start(request)
      return { run_id: runId, status, scenario_ref: request.scenario_ref, run_label: request.run_label }
    },
    listRuns: async () => ({ runs: store.list() }),
    getRun: async ({ run_id }) => store.get(run_id),
    getRunStatus: async ({ run_id }) => {
      const { status, created_at } = store.get(run_id)
      return { run_id, status, event_count: store.eventCount(run_id), created_at }
    },
    narrateRun: async ({ run_id }) => {
      const { events, status } = store.get(run_id)
      return narrateRun(events, status)
    },
    cancelRun: async ({ run_id }) => {
      const cancelled = (await hosted.cancelRun(run_id)) || (await runner.cancel(run_id))
      return {
        run_id,
        status: store.status(run_id),
        cancelled,
        ...(cancelled ? {} : { reason: 'already terminal' }),
      }
    },
    pauseRun: ({ run_id }) => control(run_id, 'pause'),
    resumeRun: ({ run_id }) => control(run_id, 'resume'),
    stepRun: ({ run_id }) => control(run_id, 'step'),
    listExchanges: async ({ run_id }) => {
      store.status(run_id)
      return { run_id, exchanges: exchanges.list(run_id) }
    },
    getExchange: async ({ run_id, exchange_id }) => {
      store.status(run_id)
      return exchanges.get(run_id, exchange_id)
    },
    listAgents: async () => ({
      agents: parts.supervisor
        .workers()
        .filter(({ state }) => state === 'ready')
        .map(runningAgent),
    }),
    hostAgent: (request) => hosted.host(request),
    listHostedAgents: async () => ({ hosted: hosted.list() }),
    getHostedAgent: async ({ hosted_id }) => hosted.get(hosted_id),
    stopHostedAgent: async ({ hosted_id }) => {
      await hosted.stop(hosted_id)
      return { stopped: hosted_id }
    },
    resolveAndHandshake: (request) => hosted.resolveAndHandshake(request),
    invokeFederated: async (request) => ({ result: await hosted.invoke(request) }),
    runEvents: ({ run_id, after_seq }, signal) => {
      store.status(run_id)
      return logs.follow(run_id, after_seq, signal)
    },
  }
}

function listEntry({ ref, scenario }: ScenarioVersion): ScenarioListEntry {
  return {
    ref,
    metadata: scenario.metadata,
    agent_count: scenario.spec.agents.length,
    boundary: scenario.spec.trust.boundary,
  }
}

function scenarioDetail(registry: Registry, ref: string): ScenarioDetail {
  const { scenario, manifests } = findScenario(registry, ref)
  const templates = registry.scenarios.find((version) => version.ref === ref)?.templates ?? []
  return {
    ...scenario,
    ref,
    manifests: { ...manifests },
    templates: templates.map(({ metadata }) => ({ name: metadata.name, summary: metadata.summary })),
  }
}

function runningAgent({ runId, agentId, peerPort: port, pid, aid, state, exit }: Worker): RunningAgent {
  return {
    run_id: runId,
    agent_id: agentId,
    port,
    pid,
    aid,
    manifest_url: localManifestUrl(port),
    status: state,
    exit_code: exit?.code ?? null,
  }
}
