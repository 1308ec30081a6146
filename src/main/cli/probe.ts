import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError, isAppErrorCode } from '../../shared/errors.ts'
import type { EventOf, EventType } from '../../shared/events.ts'
import type { ExchangeCapture, ExchangeDetail } from '../../shared/exchange.ts'
import type { Report } from '../../shared/report.ts'
import type { RunRecord } from '../../shared/run.ts'
import { openDataFolder } from '../data-folder.ts'
import { createHost, type Host, type HostConfig } from '../host.ts'
import { createLocalClient } from '../local-client.ts'
import { followRun } from './follow-run.ts'

export interface ProbeWish {
  /** Where the agent publishes its manifest. */
  readonly manifestUrl: string
  /** The AID it must show; `null`: whatever it shows, which the ladders then say was not checked. */
  readonly pin: string | null
  readonly agentsDir: string
  readonly guardFile: string
  readonly environment: NodeJS.ProcessEnv
  readonly version: string
  readonly interrupt: AbortSignal
}

/** One request of the probe to the agent, or of the agent to the probe. */
export interface ProbedExchange {
  readonly kind: ExchangeCapture['kind']
  readonly by: 'probe' | 'agent'
  readonly method: string
  readonly url: string
  /** `null` when no answer came. */
  readonly status: number | null
  readonly error: ExchangeCapture['error']
  /** What the probe made of what it received. */
  readonly report: Report | null
}

export interface ProbeOutcome {
  readonly manifest_url: string
  readonly verdict: 'established' | 'refused'
  readonly pinned: boolean
  readonly peer_aid: string | null
  /** What the agent granted. */
  readonly grants: readonly string[]
  readonly refusal: { readonly code: string; readonly check: string | null; readonly message: string } | null
  readonly exchanges: readonly ProbedExchange[]
}

const scenarioRef = 'probe/probe@1.0.0'
const apiVersion = 'aitp.dev/v1'

/**
 * Starts an agent for the length of one handshake with another one anywhere, and says what came of each message. It runs
 * in a host and a data folder of its own, which are gone afterwards. Rejects only when our own side fails.
 */
export async function probe(wish: ProbeWish): Promise<ProbeOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'aitp-console-probe-'))
  try {
    const host = await createHost(hostConfig(folder, wish))
    try {
      return await shakeHands(host, wish)
    } finally {
      await host.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function hostConfig(folder: string, wish: ProbeWish): HostConfig {
  const { agentsDir, guardFile, environment, version } = wish
  return {
    dataFolder: openDataFolder(join(folder, 'data')),
    scenariosDir: writeScenario(join(folder, 'scenarios'), wish),
    agentsDir,
    guardFile,
    pagesDir: null,
    port: { from: 0 },
    controlPlanePort: null,
    agentBasePort: 0,
    environment,
    version,
  }
}

/** A scenario with one agent of ours, one elsewhere, and a handshake. */
function writeScenario(root: string, { manifestUrl, pin }: ProbeWish): string {
  // JSON is YAML too.
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(content))
  }
  write('probe/pack.yaml', { apiVersion, kind: 'ScenarioPack', metadata: { slug: 'probe', name: 'Probe' } })
  write('_shared/agents/probe.yaml', {
    apiVersion,
    kind: 'AgentManifest',
    metadata: { id: 'probe', name: 'Probe', framework: 'custom' },
    spec: {
      entrypoint: { type: 'bundled', value: 'researcher' },
      aitp: {
        offered_caps: ['research.query'],
        display_name: 'Probe of the AITP Trust Console',
        ttl_secs: 300,
      },
    },
  })
  write('probe/probe/1.0.0/scenario.yaml', {
    apiVersion,
    kind: 'ScenarioVersion',
    metadata: {
      pack: 'probe',
      scenario: 'probe',
      version: '1.0.0',
      name: 'Probe',
      summary: 'One handshake.',
    },
    spec: {
      agents: [
        { id: 'probe', ref: '_shared/agents/probe' },
        { id: 'agent', manifest_url: manifestUrl, pinned_aid: pin, org: 'external' },
      ],
      trust: { boundary: 'cross_org', eager: false },
      workflow: {
        steps: [{ id: 'handshake', type: 'handshake', initiator: 'probe', responder: 'agent' }],
      },
    },
  })
  return root
}

async function shakeHands({ handlers }: Host, wish: ProbeWish): Promise<ProbeOutcome> {
  const client = createLocalClient(handlers)
  const { run_id } = await client.call('startRun', { scenario_ref: scenarioRef, cp: 'off' })
  const cancel = () => void client.call('cancelRun', { run_id }).catch(() => undefined)
  wish.interrupt.addEventListener('abort', cancel, { once: true })
  if (wish.interrupt.aborted) cancel()
  await followRun(client, run_id, () => undefined)
  const record = await client.call('getRun', { run_id })
  const [established] = eventsOf(record, 'trust.established')
  const [failed] = eventsOf(record, 'trust.failed')
  if (established === undefined && failed === undefined) throw ownFailure(record)
  const { exchanges } = await client.call('listExchanges', { run_id })
  const details = await Promise.all(
    exchanges.map(({ exchange_id }) => client.call('getExchange', { run_id, exchange_id })),
  )
  const [complete] = eventsOf(record, 'handshake.complete')
  return {
    manifest_url: wish.manifestUrl,
    verdict: established === undefined ? 'refused' : 'established',
    pinned: wish.pin !== null,
    peer_aid: complete?.peer_aid ?? wish.pin,
    grants: established?.grants ?? [],
    refusal: failed === undefined ? null : { code: failed.code, check: failed.check, message: failed.error },
    exchanges: details.flatMap(probed),
  }
}

function probed({ client, server }: ExchangeDetail): ProbedExchange[] {
  const capture = client ?? server
  if (capture === null) return []
  const { kind, side, request, response, error, report } = capture
  return [
    {
      kind,
      by: side === 'client' ? 'probe' : 'agent',
      method: request.method,
      url: request.url,
      status: response?.status ?? null,
      error,
      report,
    },
  ]
}

function eventsOf<Type extends EventType>({ events }: RunRecord, type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type)
}

/** It never came to a handshake: the probe was interrupted, or could not be started. */
function ownFailure({ status, error, error_code }: RunRecord): AppError {
  if (status === 'cancelled') return new AppError('run_cancelled', 'The probe was interrupted.')
  const code = error_code !== null && isAppErrorCode(error_code) ? error_code : 'internal_error'
  return new AppError(code, error ?? 'The probe ended without a handshake.')
}
