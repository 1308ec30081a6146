import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import pino, { type Logger } from 'pino'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { askAgent } from '../../src/main/hosting/admin-client.ts'
import { writeBootstrapFile } from '../../src/main/hosting/bootstrap-file.ts'
import { createSupervisor, type Worker } from '../../src/main/hosting/supervisor.ts'
import type { BootstrapFile } from '../../src/shared/bootstrap.ts'
import type { WorkerEventBody } from '../../src/shared/events.ts'
import type { ExchangeKind } from '../../src/shared/exchange.ts'
import { TelemetryBatch, type TelemetryItem } from '../../src/shared/telemetry.ts'
import { temporaryFolder } from './folders.ts'
import { builtAgents } from './repository.ts'

export interface LoneWorker {
  readonly worker: Worker
  readonly bootstrap: BootstrapFile
  readonly manifestUrl: string
  admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown>
}

/** What a worker is started with, where it differs from what every lone worker gets. */
export interface BootstrapChanges extends Partial<Omit<BootstrapFile, 'aitp'>> {
  readonly aitp?: Partial<BootstrapFile['aitp']>
}

export interface TelemetrySink {
  readonly url: string
  readonly items: TelemetryItem[]
  /** Goes away, so that nothing can be reported any more. */
  stop(): void
}

/** Takes what workers report, in the place of a host. */
export async function startTelemetrySink(): Promise<TelemetrySink> {
  const items: TelemetryItem[] = []
  const server = createServer(async (request, response) => {
    items.push(...TelemetryBatch.parse(await json(request)).items)
    response.end('{"ok":true}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/internal/telemetry`, items, stop }
}

const capabilityOf = {
  researcher: 'research.query',
  writer: 'write.content',
  analyzer: 'analyze.data',
} as const

/**
 * Starts one built worker without a run around it.
 *
 * @param log gets, at the level `debug`, every line that the worker writes
 */
export async function startLoneWorker(
  name: keyof typeof capabilityOf,
  sink: TelemetrySink,
  environment: Readonly<Record<string, string>> = {},
  { aitp, ...changes }: BootstrapChanges = {},
  log: Logger = pino({ level: 'silent' }),
): Promise<LoneWorker> {
  const bootstrap: BootstrapFile = {
    run_id: randomUUID(),
    agent_id: name,
    port: 0,
    aitp: {
      seed_hex: randomBytes(32).toString('hex'),
      display_name: name,
      offered_caps: [capabilityOf[name]],
      ttl_secs: 3600,
      signing_suite: 'ed25519',
      identity_type: 'pinned_key',
      ...aitp,
    },
    playground: { telemetry_url: sink.url, run_id: 'lone' },
    secrets: { admin: randomBytes(32).toString('hex'), telemetry: randomBytes(32).toString('hex') },
    inputs: { topic: 'lone workers', style: 'technical' },
    ...changes,
  }
  const supervisor = createSupervisor(log)
  onTestFinished(() => supervisor.stopAll())
  const worker = await supervisor.launch(
    {
      runId: bootstrap.run_id,
      agentId: bootstrap.agent_id,
      file: join(builtAgents, `${name}.cjs`),
      environment: {
        PATH: String(process.env['PATH']),
        AITP_BOOTSTRAP_FILE: writeBootstrapFile(temporaryFolder(), bootstrap),
        ...environment,
      },
      secrets: [],
      startupTimeoutMs: 10_000,
    },
    new AbortController().signal,
  )
  return {
    worker,
    bootstrap,
    manifestUrl: `http://127.0.0.1:${worker.port}/.well-known/aitp-manifest`,
    admin: (method, path, body) =>
      askAgent(
        { agentId: bootstrap.agent_id, port: worker.port, secret: bootstrap.secrets.admin },
        {
          method,
          path,
          body,
          answer: z.unknown(),
          timeoutMs: 20_000,
          operation: '00000000000000aa',
          traceId: '0000000000000000000000000000000b',
          signal: new AbortController().signal,
        },
      ),
  }
}

/** Tells every worker of all the others, as the host of a run does; `aids` are their present ones, where they changed. */
export async function introduce(
  workers: readonly LoneWorker[],
  aids: ReadonlyMap<LoneWorker, string> = new Map(),
) {
  for (const worker of workers) {
    const others = workers.filter((other) => other !== worker)
    await worker.admin('PUT', '/admin/peers', {
      peers: others.map((other) => ({
        agent_id: other.bootstrap.agent_id,
        aid: aids.get(other) ?? other.worker.aid,
        manifest_url: other.manifestUrl,
        did: null,
      })),
    })
  }
}

/** The events of one type, in order. */
export function eventsOf<Type extends WorkerEventBody['type']>(sink: TelemetrySink, type: Type) {
  return sink.items.flatMap((item) =>
    item.item === 'event' && item.event.type === type
      ? [item.event as Extract<WorkerEventBody, { type: Type }>]
      : [],
  )
}

/** The captured exchanges of one kind, in order. */
export function exchangesOf(sink: TelemetrySink, kind: ExchangeKind) {
  return sink.items.flatMap((item) =>
    item.item === 'exchange' && item.exchange.kind === kind ? [item.exchange] : [],
  )
}
