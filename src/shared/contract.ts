import { z } from 'zod'
import { AgentManifestFile } from './agent-manifest.ts'
import { RunEvent } from './events.ts'
import { Exchange, ExchangeDetail } from './exchange.ts'
import {
  FederatedTrust,
  HostAgent,
  HostedAgent,
  HostedAgentRef,
  InvokeFederated,
  ResolveAndHandshake,
} from './hosted-agents.ts'
import { ControlPlaneChoice, RunRecord, RunStatus, RunSummary } from './run.ts'
import { Diagnostic, PackFile, ScenarioFile } from './scenario.ts'

/** One question the interface can ask. `http` is `METHOD /path/:param`; input members not in the path go into the query or body. */
export interface Call<Input extends z.ZodType, Output extends z.ZodType> {
  readonly shape: 'call'
  readonly http: string
  /** HTTP status of success. */
  readonly status: number
  /** `text/plain` answers carry the output string as it is. */
  readonly media: 'json' | 'text'
  readonly input: Input
  readonly output: Output
}

/** A live sequence: over HTTP server-sent events, over IPC messages. */
export interface Stream<Input extends z.ZodType, Item extends z.ZodType> {
  readonly shape: 'stream'
  readonly http: string
  readonly input: Input
  readonly item: Item
}

function call<Input extends z.ZodType, Output extends z.ZodType>(entry: {
  http: string
  input: Input
  output: Output
  status?: number
  media?: 'json' | 'text'
}): Call<Input, Output> {
  return { shape: 'call', status: 200, media: 'json', ...entry }
}

function stream<Input extends z.ZodType, Item extends z.ZodType>(entry: {
  http: string
  input: Input
  item: Item
}): Stream<Input, Item> {
  return { shape: 'stream', ...entry }
}

const Nothing = z.strictObject({})
const RunRef = z.strictObject({ run_id: z.string() })

export const StartRun = z.strictObject({
  scenario_ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  run_label: z.string().max(200).nullable().default(null),
  template: z.string().nullable().default(null),
  /** A stored id is refused with `run_id_taken`. */
  run_id: z.uuid().optional(),
  /** Stand still before the first step, as after `pauseRun`. */
  paused: z.boolean().default(false),
  /** A fault for every exchange that is aimed at one of the agents, beside what the steps themselves carry. */
  fault_injection: z.record(z.string(), z.array(z.string())).default({}),
  /** The Control Plane of this run; what the host is configured with when absent. */
  cp: ControlPlaneChoice.optional(),
  /** Remembers that the scenarios of this host's folder may start programs of their own. */
  allow_programs: z.boolean().default(false),
  /** Derives the agents' keys by the ecosystem's public formula, so that anybody who knows the run id has them. */
  dangerously_playground_seeds: z.boolean().default(false),
})
export type StartRun = z.infer<typeof StartRun>

export const RunCreated = z.object({
  run_id: z.string(),
  status: RunStatus,
  scenario_ref: z.string(),
  run_label: z.string().nullable(),
})

/** What came of asking a run to stand still or to go on. */
export const RunControl = z.object({ run_id: z.string(), status: RunStatus, paused: z.boolean() })

export const ScenarioListEntry = z.object({
  ref: z.string(),
  metadata: ScenarioFile.shape.metadata,
  agent_count: z.int(),
  boundary: ScenarioFile.shape.spec.shape.trust.shape.boundary,
})
export type ScenarioListEntry = z.infer<typeof ScenarioListEntry>

/** The file as a run would take it, plus what a person needs beside it. */
export const ScenarioDetail = ScenarioFile.extend({
  ref: z.string(),
  templates: z.array(z.object({ name: z.string(), summary: z.string().nullable() })),
  /** The manifest behind each agent id. */
  manifests: z.record(z.string(), AgentManifestFile),
})
export type ScenarioDetail = z.infer<typeof ScenarioDetail>

export const RunningAgent = z.object({
  run_id: z.string(),
  agent_id: z.string(),
  port: z.int().nullable(),
  pid: z.int().nullable(),
  aid: z.string(),
  manifest_url: z.string(),
  status: z.string(),
  exit_code: z.int().nullable(),
})
export type RunningAgent = z.infer<typeof RunningAgent>

/** The only list of what the interface can ask and hear; handlers, routes, IPC and clients follow from it. */
export const contract = {
  health: call({
    http: 'GET /healthz',
    input: Nothing,
    output: z.object({ status: z.literal('ok'), version: z.string() }),
  }),
  /** The browser's one-time code, from the fragment of the printed address, for a bearer. */
  openSession: call({
    http: 'POST /session',
    input: z.strictObject({ code: z.string() }),
    output: z.object({ bearer: z.string() }),
  }),
  /** A fresh code for another browser window, for who already holds the bearer. */
  newSessionCode: call({
    http: 'POST /session/codes',
    input: Nothing,
    output: z.object({ code: z.string() }),
  }),
  listPacks: call({
    http: 'GET /packs',
    input: Nothing,
    output: z.object({ packs: z.array(PackFile) }),
  }),
  listScenarios: call({
    http: 'GET /scenarios',
    input: Nothing,
    output: z.object({ scenarios: z.array(ScenarioListEntry), diagnostics: z.array(Diagnostic) }),
  }),
  getScenario: call({
    http: 'GET /scenarios/:pack/:scenario_version',
    /** `scenario_version` is `<scenario>@<version>`. */
    input: z.strictObject({ pack: z.string(), scenario_version: z.string() }),
    output: ScenarioDetail,
  }),
  startRun: call({ http: 'POST /runs', status: 202, input: StartRun, output: RunCreated }),
  listRuns: call({
    http: 'GET /runs',
    input: Nothing,
    output: z.object({ runs: z.array(RunSummary) }),
  }),
  getRun: call({ http: 'GET /runs/:run_id', input: RunRef, output: RunRecord }),
  getRunStatus: call({
    http: 'GET /runs/:run_id/status',
    input: RunRef,
    output: z.object({
      run_id: z.string(),
      status: RunStatus,
      event_count: z.int(),
      created_at: z.number(),
    }),
  }),
  narrateRun: call({ http: 'GET /runs/:run_id/narrate', media: 'text', input: RunRef, output: z.string() }),
  cancelRun: call({
    http: 'POST /runs/:run_id/cancel',
    status: 202,
    input: RunRef,
    output: z.object({
      run_id: z.string(),
      status: RunStatus,
      cancelled: z.boolean(),
      reason: z.string().optional(),
    }),
  }),
  /** Takes effect before the next step; a run that stands still already stays so. */
  pauseRun: call({ http: 'POST /runs/:run_id/pause', status: 202, input: RunRef, output: RunControl }),
  resumeRun: call({ http: 'POST /runs/:run_id/resume', status: 202, input: RunRef, output: RunControl }),
  /** Lets one step happen, then stands still again. */
  stepRun: call({ http: 'POST /runs/:run_id/step', status: 202, input: RunRef, output: RunControl }),
  listExchanges: call({
    http: 'GET /runs/:run_id/exchanges',
    input: RunRef,
    output: z.object({ run_id: z.string(), exchanges: z.array(Exchange) }),
  }),
  getExchange: call({
    http: 'GET /runs/:run_id/exchanges/:exchange_id',
    input: z.strictObject({ run_id: z.string(), exchange_id: z.string() }),
    output: ExchangeDetail,
  }),
  listAgents: call({
    http: 'GET /agents',
    input: Nothing,
    output: z.object({ agents: z.array(RunningAgent) }),
  }),
  /** One agent that stays, for peers of other consoles. */
  hostAgent: call({ http: 'POST /hosted-agents', input: HostAgent, output: HostedAgent }),
  listHostedAgents: call({
    http: 'GET /hosted-agents',
    input: Nothing,
    output: z.object({ hosted: z.array(HostedAgent) }),
  }),
  getHostedAgent: call({ http: 'GET /hosted-agents/:hosted_id', input: HostedAgentRef, output: HostedAgent }),
  stopHostedAgent: call({
    http: 'DELETE /hosted-agents/:hosted_id',
    input: HostedAgentRef,
    output: z.object({ stopped: z.string() }),
  }),
  resolveAndHandshake: call({
    http: 'POST /hosted-agents/:hosted_id/resolve-and-handshake',
    input: ResolveAndHandshake,
    output: FederatedTrust,
  }),
  /** A refusal by the peer is a result, whose `error` is then true. */
  invokeFederated: call({
    http: 'POST /hosted-agents/:hosted_id/invoke',
    input: InvokeFederated,
    output: z.object({ result: z.unknown() }),
  }),
  /** The backlog after `after_seq`, then what happens; ends when the run has ended and all was sent. */
  runEvents: stream({
    http: 'GET /runs/:run_id/events',
    input: z.strictObject({
      run_id: z.string(),
      after_seq: z.coerce.number().int().nonnegative().default(0),
    }),
    item: RunEvent,
  }),
} as const

export type Contract = typeof contract
export type CallName = {
  [Name in keyof Contract]: Contract[Name]['shape'] extends 'call' ? Name : never
}[keyof Contract]
export type StreamName = Exclude<keyof Contract, CallName>

export type CallInput<Name extends CallName> = z.input<Contract[Name]['input']>
export type CallArguments<Name extends CallName> = z.output<Contract[Name]['input']>
export type CallOutput<Name extends CallName> =
  Contract[Name] extends Call<z.ZodType, infer Output> ? z.output<Output> : never
export type StreamInput<Name extends StreamName> = z.input<Contract[Name]['input']>
export type StreamArguments<Name extends StreamName> = z.output<Contract[Name]['input']>
export type StreamItem<Name extends StreamName> = z.output<Contract[Name]['item']>

/** The part of `AbortSignal` that a stream needs; this folder has no DOM and no Node. */
export interface StopSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
}

/** What the host fulfils. Handlers know no transport: parsed input in, output or {@link AppError} out. */
export type Handlers = { [Name in CallName]: (input: CallArguments<Name>) => Promise<CallOutput<Name>> } & {
  [Name in StreamName]: (input: StreamArguments<Name>, signal: StopSignal) => AsyncIterable<StreamItem<Name>>
}

export const callNames = Object.keys(contract).filter(
  (name): name is CallName => contract[name as keyof Contract].shape === 'call',
)
export const streamNames = Object.keys(contract).filter(
  (name): name is StreamName => contract[name as keyof Contract].shape === 'stream',
)
