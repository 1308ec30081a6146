import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createAitp } from '../aitp/index.ts'
import { nodeEngine } from '../aitp/platform/node/engine.ts'
import type { Handlers } from '../shared/contract.ts'
import type { ControlPlaneChoice } from '../shared/run.ts'
import { allowedPrograms } from './allowed-programs.ts'
import { createHandlers } from './api/handlers/index.ts'
import type { Loosened } from './api/reach.ts'
import { type PortWish, startService } from './api/server.ts'
import { createSessionCodes } from './api/session-codes.ts'
import { callbackUrl } from './control-plane/callback-url.ts'
import { requireUsable, revocationConfig } from './control-plane/config.ts'
import { createControlPlanes } from './control-plane/control-planes.ts'
import { type OwnControlPlane, openOwnControlPlane } from './control-plane/own-control-plane.ts'
import { createWebhookDesk } from './control-plane/webhook-desk.ts'
import type { DataFolder } from './data-folder.ts'
import { createHostedAgents } from './hosted-agents/hosted-agents.ts'
import { createPortAllocator } from './hosting/ports.ts'
import { createSupervisor } from './hosting/supervisor.ts'
import { openLog } from './observability/log.ts'
import { createEventLogger } from './observability/log-events.ts'
import { createMetrics } from './observability/metrics/metrics.ts'
import { createTelemetryDesk } from './observability/telemetry-desk.ts'
import { createTraceExport } from './observability/traces/trace-export.ts'
import { loadRegistry } from './registry/index.ts'
import { createRunner, markInterrupted } from './runner/runner.ts'
import { openDatabase } from './store/database.ts'
import { createDeliveryStore } from './store/delivery-store.ts'
import { createEventLogs } from './store/event-log.ts'
import { createExchangeStore } from './store/exchange-store.ts'
import { createReportStore } from './store/report-store.ts'
import { readRetention } from './store/retention.ts'
import { createRunArchive } from './store/run-archive.ts'
import { createRunStore } from './store/run-store.ts'

export interface HostConfig {
  readonly dataFolder: DataFolder
  readonly scenariosDir: string
  readonly agentsDir: string
  /** The program that programs of scenarios run under. */
  readonly guardFile: string
  /** The built renderer to serve; `null` serves none. */
  readonly pagesDir: string | null
  readonly port: PortWish
  /** Nothing unless asked. */
  readonly loosened?: Loosened
  /** Where the Control Plane inside listens first; 0 lets the system choose, `null` starts none. */
  readonly controlPlanePort: number | null
  /** First port that agents ask for; 0 lets the system choose each. */
  readonly agentBasePort: number
  readonly environment: NodeJS.ProcessEnv
  readonly version: string
}

/** Everything behind the window, the command line and the browser; plain Node, no Electron. */
export interface Host {
  readonly handlers: Handlers
  readonly port: number
  readonly bearer: string
  /** The Control Plane of runs that choose none. */
  readonly controlPlane: ControlPlaneChoice
  /** Where the Control Plane inside listens; `null` where there is none. */
  readonly controlPlanePort: number | null
  /** An address that opens the console in a browser once. */
  browserAddress(): string
  /** Runs that an earlier process left unfinished, marked when this host started. */
  readonly interrupted: readonly string[]
  /** Resolves when no run is going on and nobody is being answered. */
  quiet(): Promise<void>
  /** Cancels what runs, ends every agent, closes the store. */
  close(): Promise<void>
}

const quietPollMs = 50
/** Hosted agents ask for ports beyond those of runs. */
const hostedPortOffset = 1_000

export async function createHost(config: HostConfig): Promise<Host> {
  const { dataFolder, environment } = config
  const retention = readRetention(dataFolder.root, environment)
  // Refused before anything is opened, and not when the first run needs it.
  const aitp = createAitp(nodeEngine)
  callbackUrl(environment, 0)
  requireUsable(aitp, environment)
  const log = openLog(dataFolder.logs, environment)
  const database = openDatabase(dataFolder.database)
  await removeLeftoverBootstraps(dataFolder.bootstrap)

  const store = createRunStore(database)
  const logs = createEventLogs(database, store)
  const exchanges = createExchangeStore(database)
  const reports = createReportStore(database)
  const deliveries = createDeliveryStore(database)
  const webhooks = createWebhookDesk({ store, deliveries })
  const archive = createRunArchive({ database, store, logs, exchanges, log }, retention)
  const metrics = createMetrics()
  logs.observe(metrics.observe)
  logs.observe(createEventLogger(log))
  const traces = createTraceExport({ environment, version: config.version, store, exchanges, log })
  logs.observe(traces.observe)
  const telemetry = createTelemetryDesk({ exchanges, metrics, log })
  const supervisor = createSupervisor(log)
  const registry = () => loadRegistry(config.scenariosDir)
  const bearer = randomBytes(32).toString('base64url')
  const codes = createSessionCodes()
  const receivers = new Set<string>()
  let own: OwnControlPlane | null = null
  const controlPlanes = createControlPlanes(environment, () => own, log)
  let port = 0
  const callback = () => callbackUrl(environment, port)

  const parts = {
    aitp,
    supervisor,
    telemetry,
    dataFolder,
    agentsDir: config.agentsDir,
    guardFile: config.guardFile,
    scenariosDir: config.scenariosDir,
    programs: allowedPrograms(dataFolder.root),
    telemetryUrl: () => `http://127.0.0.1:${port}/internal/telemetry`,
    environment,
    revocation: revocationConfig(environment),
    controlPlanes,
    registry,
    store,
    logs,
  }
  const runner = createRunner({
    ...parts,
    ports: createPortAllocator(config.agentBasePort),
    hostUrl: () => callback().href.replace(/\/+$/, ''),
    reports,
    webhooks,
    log,
  })
  const hosted = createHostedAgents({
    ...parts,
    hostedPorts: createPortAllocator(
      config.agentBasePort === 0 ? 0 : config.agentBasePort + hostedPortOffset,
    ),
  })
  const handlers = createHandlers({
    aitp: parts.aitp,
    controlPlanes,
    reports,
    version: config.version,
    bearer,
    codes,
    registry,
    runner,
    supervisor,
    store,
    logs,
    exchanges,
    archive,
    hosted,
    metrics,
    deliveries,
  })

  const interrupted = markInterrupted(store, logs)
  archive.retain()
  if (config.controlPlanePort !== null) {
    own = await openOwnControlPlane({
      aitp: parts.aitp,
      dataFolder,
      port: config.controlPlanePort,
      loopbackReceivers: receivers,
      log: log.child({ part: 'control plane' }),
    })
  }
  const service = await startService(
    {
      handlers,
      telemetry,
      webhooks,
      version: config.version,
      callback: () => callback().host,
      bearer,
      pagesDir: config.pagesDir,
      log,
      ...(config.loosened === undefined ? {} : { loosened: config.loosened }),
    },
    config.port,
  ).catch(async (error: unknown) => {
    await own?.close()
    database.close()
    throw error
  })
  port = service.port
  receivers.add(callback().origin)
  log.info({ port, data: dataFolder.root, interrupted, loosened: config.loosened ?? {} }, 'host started')

  async function quiet(): Promise<void> {
    for (;;) {
      await runner.idle()
      if (runner.active().length === 0 && !service.isWanted()) return
      await new Promise((resolve) => setTimeout(resolve, quietPollMs))
    }
  }

  async function close(): Promise<void> {
    await Promise.all([runner.close(), hosted.close()])
    await webhooks.close()
    await supervisor.stopAll()
    await service.close()
    await traces.close()
    controlPlanes.close()
    await own?.close()
    reports.close()
    database.close()
    log.info('host closed')
  }

  return {
    handlers,
    port,
    bearer,
    controlPlanePort: own === null ? null : Number(new URL(own.baseUrl).port),
    controlPlane: controlPlanes.of(undefined)?.config.choice ?? 'off',
    interrupted,
    browserAddress: () => `http://127.0.0.1:${port}/#code=${codes.issue()}`,
    quiet,
    close,
  }
}

/** A worker removes its file as soon as it has read it; one killed before that leaves a seed behind. */
async function removeLeftoverBootstraps(folder: string): Promise<void> {
  for (const name of await readdir(folder)) rmSync(join(folder, name), { force: true })
}
