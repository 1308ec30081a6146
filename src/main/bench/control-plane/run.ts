import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pino from 'pino'
import { type Aitp, createAitp } from '../../../aitp/index.ts'
import { nodeEngine } from '../../../aitp/platform/node/engine.ts'
import {
  type EmbeddedControlPlane,
  startEmbeddedControlPlane,
} from '../../control-plane/embedded/embedded-control-plane.ts'
import { createEventStore } from '../../control-plane/embedded/events/event-store.ts'
import { normalise } from '../../control-plane/embedded/events/normalise.ts'
import { controlPlaneMigrations } from '../../control-plane/embedded/migrations.ts'
import { openDatabase } from '../../store/database.ts'
import { percentile } from '../compare.ts'
import { inFolder } from '../in-folder.ts'
import { type ControlPlaneWorkload, type Landmarks, reportedRuns } from './workload.ts'

export interface ControlPlaneBenchResult {
  readonly name: 'cp'
  readonly events: number
  readonly batch: number
  /** Events that are stored, and all that is projected of them; whatever is missing was lost. */
  readonly stored: number
  readonly sessions: number
  readonly oursPerSecond: number
  /** The same events, inserted one by one into the same table of another database. */
  readonly barePerSecond: number
  readonly ratio: number
  /** Of each kind of question over HTTP: the slowest hundredth. */
  readonly p99Ms: { readonly discovery: number; readonly history: number; readonly tree: number }
}

export const controlPlaneWorkload: ControlPlaneWorkload = { events: 100_000, batch: 200, queries: 500 }

const apiKey = randomBytes(24).toString('base64url')
const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
const registered = 50
const capability = 'write.content'

/** Over HTTP, as agents and consoles do it. */
export function runControlPlaneBench(workload: ControlPlaneWorkload): Promise<ControlPlaneBenchResult> {
  return inFolder(async (folder) => {
    const { events, landmarks } = reportedRuns(workload.events)
    const bareMs = insertBare(events, join(folder, 'bare.db'))
    const aitp = createAitp(nodeEngine)
    const controlPlane = await startEmbeddedControlPlane({
      aitp,
      file: join(folder, 'ours.db'),
      apiKey,
      seed: randomBytes(32),
      port: 0,
      log: pino({ level: 'silent' }),
    })
    try {
      for (let count = 0; count < registered; count += 1) await register(aitp, controlPlane)
      const begin = performance.now()
      for (let at = 0; at < events.length; at += workload.batch) {
        await post(controlPlane, '/api/events', { events: events.slice(at, at + workload.batch) })
      }
      const oursMs = performance.now() - begin
      const { stored, sessions } = await countsOf(controlPlane)
      const rate = (ms: number) => (events.length * 1_000) / ms
      return {
        name: 'cp',
        events: events.length,
        batch: workload.batch,
        stored,
        sessions,
        oursPerSecond: rate(oursMs),
        barePerSecond: rate(bareMs),
        ratio: bareMs / oursMs,
        p99Ms: await askAround(controlPlane, workload.queries, landmarks),
      }
    } finally {
      await controlPlane.close()
    }
  })
}

async function askAround(controlPlane: EmbeddedControlPlane, queries: number, { runs, roots }: Landmarks) {
  const any = (list: readonly string[], index: number) => list[(index * 7_919) % list.length] ?? ''
  const measure = async (path: (index: number) => string) => {
    const times: number[] = []
    for (let index = 0; index < queries; index += 1) {
      const begin = performance.now()
      await get(controlPlane, path(index))
      times.push(performance.now() - begin)
    }
    return percentile(times, 0.99)
  }
  return {
    discovery: await measure(() => `/api/registry/agents?capability=${capability}`),
    history: await measure((index) => `/api/events/history?run_id=${any(runs, index)}`),
    tree: await measure((index) => `/api/delegations?root_jti=${any(roots, index)}`),
  }
}

function insertBare(events: readonly Readonly<Record<string, unknown>>[], file: string): number {
  const database = openDatabase(file, controlPlaneMigrations)
  try {
    const store = createEventStore(database)
    const rows = events.map((event) => normalise(event, Date.now()))
    const begin = performance.now()
    for (const row of rows) store.insert(row)
    return performance.now() - begin
  } finally {
    database.close()
  }
}

async function register(aitp: Aitp, controlPlane: EmbeddedControlPlane): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const { text } = aitp.buildManifest(
    aitp.agentKey(randomBytes(32)),
    {
      displayName: 'bench',
      subject: 'bench',
      handshakeEndpoint: 'http://127.0.0.1:8101/aitp/handshake/',
      offeredCapabilities: [capability],
      acceptedIdentityTypes: ['pinned_key'],
      acceptedTrustAnchors: [],
      publishedAt: now,
      expiresAt: now + 86_400,
      allowLoopbackHttp: true,
    },
    { randomBytes },
  )
  const { token } = (await send(controlPlane, '/api/registry/enroll', text, {})) as { token: string }
  await send(controlPlane, '/api/registry/agents', text, { authorization: `Bearer ${token}` })
}

async function countsOf(controlPlane: EmbeddedControlPlane): Promise<{ stored: number; sessions: number }> {
  const response = await fetch(`${controlPlane.baseUrl}/api/metrics`)
  const lines = (await response.text()).split('\n')
  const sum = (name: string) =>
    lines
      .filter((line) => line.startsWith(`aitp_control_plane_${name}`))
      .filter((line) => !line.includes('type="agent.registered"'))
      .reduce((all, line) => all + Number(line.slice(line.lastIndexOf(' '))), 0)
  return { stored: sum('audit_events'), sessions: sum('sessions_total') }
}

async function get({ baseUrl }: EmbeddedControlPlane, path: string): Promise<void> {
  const response = await fetch(`${baseUrl}${path}`, { headers })
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`)
  await response.text()
}

async function post(controlPlane: EmbeddedControlPlane, path: string, body: unknown): Promise<unknown> {
  return send(controlPlane, path, JSON.stringify(body), headers)
}

async function send(
  { baseUrl }: EmbeddedControlPlane,
  path: string,
  body: string,
  own: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(`${baseUrl}${path}`, { method: 'POST', headers: own, body })
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
