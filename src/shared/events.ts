import { z } from 'zod'
import { StageFact } from './gate.ts'

const AgentId = z.string()
const StepId = z.string()
const Grants = z.array(z.string())
const Result = z.unknown()

/** What an event may say of a token: its claims, never the token. */
export const TokenFacts = z.object({
  claims: z.record(z.string(), z.unknown()),
  fingerprint: z.string(),
})
export type TokenFacts = z.infer<typeof TokenFacts>

const llm = {
  task: z.string(),
  topic: z.string().optional(),
  commissioned_by: z.string().nullable(),
  provider: z.string(),
  model: z.string(),
  /** True whenever no model was asked. */
  stub: z.boolean(),
}

function event<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ type: z.literal(type), ...shape })
}

/** Facts the runner observes itself. */
const runnerEvents = [
  event('run.started', { scenario_ref: z.string(), template: z.string().nullable() }),
  event('run.complete', {}),
  event('run.failed', { error: z.string(), code: z.string() }),
  event('run.cancelled', {}),
  event('run.interrupted', { error: z.string() }),
  event('run.paused', { step_id: StepId.optional() }),
  event('run.resumed', { step_id: StepId.optional() }),
  event('agent.spawning', { agent_id: AgentId, port: z.int().nullable() }),
  event('agent.ready', { agent_id: AgentId, aid: z.string(), port: z.int(), pid: z.int() }),
  event('agent.exited', {
    agent_id: AgentId,
    pid: z.int().nullable(),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    /** `stopped`: we asked it to. `crashed`: it ended by itself. */
    cause: z.enum(['stopped', 'crashed']),
  }),
  event('trust.peers_resolved', {
    peers: z.record(z.string(), z.string()),
    sources: z.record(z.string(), z.string()),
  }),
  event('trust.establishing', {
    initiator: AgentId,
    target: AgentId,
    step_id: StepId.optional(),
    grants: Grants.optional(),
  }),
  event('trust.established', {
    initiator: AgentId,
    target: AgentId,
    grants: Grants,
    jti: z.string(),
    step_id: StepId.optional(),
    expires_at: z.int(),
    session_id: z.string(),
  }),
  event('trust.failed', {
    initiator: AgentId,
    target: AgentId,
    step_id: StepId.optional(),
    error: z.string(),
    code: z.string(),
    check: z.string().nullable(),
  }),
  event('step.started', {
    step_id: StepId,
    agent: AgentId,
    capability: z.string().optional(),
    target: AgentId.optional(),
  }),
  event('step.complete', {
    step_id: StepId,
    result: Result,
    agent: AgentId.optional(),
    capability: z.string().optional(),
    /** The peer that carried it out, where the agent did not itself. */
    target: AgentId.optional(),
  }),
  event('step.skipped', { step_id: StepId, notes: z.string() }),
  event('step.failed', { step_id: StepId, error: z.string(), code: z.string() }),
  event('step.assertion_failed', { step_id: StepId, error: z.string() }),
] as const

/** Facts a worker reports about itself; nothing else is accepted from a worker. */
const workerEvents = [
  event('handshake.started', { session_id: z.string(), role: z.literal('responder'), peer_aid: z.string() }),
  event('handshake.complete', {
    session_id: z.string(),
    role: z.enum(['initiator', 'responder']),
    peer_aid: z.string(),
    grants: Grants,
    tct: TokenFacts,
    issued_jti: z.string(),
  }),
  event('handshake.failed', {
    error: z.string(),
    code: z.string(),
    check: z.string().nullable(),
    role: z.enum(['initiator', 'responder']),
    session_id: z.string().optional(),
  }),
  event('manifest.verify_failed', {
    cause: z.string(),
    check: z.string().nullable(),
    source_url: z.string(),
  }),
  event('capability.self_execute', { capability: z.string() }),
  event('gate.decided', {
    capability: z.string(),
    caller_aid: z.string().nullable(),
    decision: z.enum(['allowed', 'refused']),
    code: z.string().nullable(),
    stages: z.array(StageFact),
  }),
  event('capability.invoked', {
    capability: z.string(),
    caller_aid: z.string(),
    status: z.int(),
    stages: z.array(StageFact),
  }),
  event('llm.started', llm),
  event('llm.complete', {
    ...llm,
    tokens_used: z.int().nullable(),
    payload: z.object({
      provider: z.string(),
      model: z.string(),
      stub: z.boolean(),
      tokens_used: z.int().nullable(),
    }),
  }),
  event('llm.failed', { ...llm, detail: z.string().max(300) }),
] as const

export const RunnerEventBody = z.discriminatedUnion('type', [...runnerEvents])
export type RunnerEventBody = z.infer<typeof RunnerEventBody>

export const WorkerEventBody = z.discriminatedUnion('type', [...workerEvents])
export type WorkerEventBody = z.infer<typeof WorkerEventBody>

export type EventBody = RunnerEventBody | WorkerEventBody
export type EventType = EventBody['type']

/** What the log adds to every fact. Order is `seq` and nothing else. */
const Stamp = z.object({
  /** Gapless from 1 within the run. */
  seq: z.int().positive(),
  /** The producer's clock, Unix seconds. */
  ts: z.number(),
  /** The host's monotonic clock since the start of the run, milliseconds. */
  offset_ms: z.number(),
  run_id: z.string(),
  source: z.enum(['runner', 'agent']),
  /** The agent that reported it; runner events name theirs in the body. */
  agent_id: z.string().optional(),
  /** The `seq`s that led to this event. */
  cause_seq: z.array(z.int()),
  exchange_id: z.string().optional(),
})

export const RunEvent = z.discriminatedUnion('type', [...runnerEvents, ...workerEvents]).and(Stamp)
export type RunEvent = EventBody & z.infer<typeof Stamp>

/** An event of one given type. */
export type EventOf<Type extends EventType> = Extract<RunEvent, { type: Type }>

export const terminalEventTypes = ['run.complete', 'run.failed', 'run.cancelled', 'run.interrupted'] as const

export function isTerminalEvent(event: { type: string }): boolean {
  return (terminalEventTypes as readonly string[]).includes(event.type)
}
