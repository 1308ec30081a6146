import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { Logger } from 'pino'
import type { Aitp } from '../../../aitp/index.ts'
import { listenFrom } from '../../listen.ts'
import { openDatabase } from '../../store/database.ts'
import { createAdminAudit } from './audit/admin-audit.ts'
import { auditRoute } from './audit/routes.ts'
import type { Context } from './context.ts'
import { createEventBus } from './events/event-bus.ts'
import { createEventStore } from './events/event-store.ts'
import { createIngest } from './events/ingest.ts'
import { createApp } from './http/app.ts'
import { createIdempotency } from './http/idempotency.ts'
import { createRateLimits } from './http/rate-limits.ts'
import { createIdentity } from './identity.ts'
import { controlPlaneMigrations } from './migrations.ts'
import { createAgentStore } from './registry/agent-store.ts'
import { enrolmentRoutes } from './registry/enrol.ts'
import { createEnrolmentTokens } from './registry/enrolment-token.ts'
import { registryRoutes } from './registry/routes.ts'
import { createRevocationList } from './revocation/revocation-list.ts'
import { revocationRoutes } from './revocation/routes.ts'
import { dashboardRoutes } from './routes/dashboard.ts'
import { delegationRoutes } from './routes/delegations.ts'
import { eventStream } from './routes/event-stream.ts'
import { eventRoutes } from './routes/events.ts'
import { metricsRoute } from './routes/metrics.ts'
import { probeRoutes } from './routes/probes.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { tctRoutes } from './routes/tcts.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { createRetentionSweep, expireAgents } from './sweep.ts'
import { pinnedKeyRoutes } from './trust-store/pinned-keys.ts'
import { trustAnchorRoutes } from './trust-store/trust-anchors.ts'
import { createBreakers } from './webhooks/breaker.ts'
import { createDispatcher } from './webhooks/dispatcher.ts'
import { webhookRoutes } from './webhooks/routes.ts'
import { createWebhookStore } from './webhooks/webhook-store.ts'

const expiryEveryMs = 5 * 60_000
const sweepEveryMs = 30 * 60_000

export interface EmbeddedControlPlaneOptions {
  readonly aitp: Aitp
  /** The SQLite file, made when it is not there. */
  readonly file: string
  readonly apiKey: string
  /** 32 bytes; the same seed is the same AID. */
  readonly seed: Uint8Array
  /** The first to try; a taken one moves on to the next. 0 lets the system choose. */
  readonly port: number
  readonly log: Logger
  readonly settings?: Partial<Settings>
  /** Unix milliseconds. */
  readonly now?: () => number
}

/** A Control Plane of our own, on loopback, wire-compatible with the real one (control-plane.md). */
export interface EmbeddedControlPlane {
  readonly baseUrl: string
  readonly port: number
  readonly aid: string
  close(): Promise<void>
}

export async function startEmbeddedControlPlane(
  options: EmbeddedControlPlaneOptions,
): Promise<EmbeddedControlPlane> {
  const { aitp, apiKey, log, now = Date.now } = options
  const settings: Settings = { ...defaultSettings, ...options.settings }
  const database = openDatabase(options.file, controlPlaneMigrations)
  let port = 0
  let isClosing = false
  const baseUrl = () => `http://127.0.0.1:${port}`
  const context: Context = {
    aitp,
    database,
    identity: createIdentity({ aitp, seed: options.seed, now, baseUrl }),
    settings,
    now,
    log,
    audit: createAdminAudit(database, now),
    bus: createEventBus(),
  }
  const events = createEventStore(database)
  const ingest = createIngest(context, events)
  const agents = createAgentStore(database)
  const enrolment = createEnrolmentTokens(deriveKey(options.seed, 'enrolment'))
  const webhooks = createWebhookStore(database)
  const breakers = createBreakers(settings.webhooks, now)
  const dispatcher = createDispatcher(context, webhooks, breakers)
  const revocations = createRevocationList(context, database)
  const stream = eventStream(context, events)
  const limits = createRateLimits(settings, now)
  const app = createApp({
    routes: [
      ...probeRoutes(context, () => isClosing),
      ...eventRoutes(context, events, ingest),
      stream.route,
      ...sessionRoutes(context, events),
      ...tctRoutes(context),
      ...delegationRoutes(context),
      ...dashboardRoutes(context),
      ...registryRoutes(context, agents, events, ingest),
      ...enrolmentRoutes(context, agents, enrolment, ingest),
      ...revocationRoutes(context, revocations, ingest),
      ...trustAnchorRoutes(context),
      ...pinnedKeyRoutes(context),
      ...webhookRoutes(context, webhooks, breakers),
      auditRoute(context),
      metricsRoute(context, { limits, breakers, webhooks, cutOff: stream.cutOff }),
    ],
    apiKey,
    settings,
    limits,
    idempotency: createIdempotency(database, now),
    log,
    now,
    port: () => port,
  })
  const sweep = createRetentionSweep(context)
  const timers = [
    repeat(() => expireAgents(context, agents, ingest), expiryEveryMs, log),
    repeat(sweep, sweepEveryMs, log),
  ]
  const server = createServer(app)
  try {
    port = await listenFrom(server, '127.0.0.1', options.port)
  } catch (error) {
    for (const timer of timers) clearInterval(timer)
    await dispatcher.close()
    database.close()
    throw error
  }
  return {
    baseUrl: baseUrl(),
    port,
    aid: context.identity.key.aid,
    async close() {
      isClosing = true
      for (const timer of timers) clearInterval(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await dispatcher.close()
      database.close()
    },
  }
}

/** Secrets of their own purpose from the one that is kept. */
function deriveKey(seed: Uint8Array, purpose: string): Uint8Array {
  return createHmac('sha256', seed).update(`aitp-control-plane ${purpose}`).digest()
}

function repeat(work: () => void, everyMs: number, log: Logger): NodeJS.Timeout {
  return setInterval(() => {
    try {
      work()
    } catch (err) {
      log.error({ err }, 'a job of the Control Plane failed')
    }
  }, everyMs).unref()
}
