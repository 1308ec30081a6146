import { z } from 'zod'
import { RevocationPosture, TctCacheStats } from './admin.ts'
import { listOf, recordOf, UnixSeconds } from './bounded.ts'
import { StageFact } from './gate.ts'
import { ExpectedOutcome } from './scenario.ts'

const AgentId = z.string()
const StepId = z.string()
const Grants = listOf(z.string(), 1_000)
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

const probe = { step_id: StepId, initiator: AgentId, target: AgentId, capability: z.string() }
const ProbeStatus = z.object({ status_code: z.int() })

/** What came of a step that a fault was put into. */
export const FaultResult = z.object({
  fault_injected: z.literal(true),
  kind: z.string(),
  target: z.string(),
  /** Where the message went instead, for faults that lead it astray. */
  mutated_url: z.string().nullable(),
  /** `null` when the fault changed nothing. */
  error: z.string().nullable(),
  /** Wire code of the refusal, `no_answer`, or `null`. */
  code: z.string().nullable(),
  check: z.string().nullable(),
  /** Where it ended: a part of the protocol, a stage of the gate, or `transport`; `null` where nothing did. */
  stage: z.string().nullable(),
  /** The agent whose check it was. */
  refused_by: z.string().nullable(),
  status_code: z.int().nullable(),
  /** What the step would have left; claims in place of tokens. */
  output: z.unknown().optional(),
  ms: z.number(),
})
export type FaultResult = z.infer<typeof FaultResult>

function event<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ type: z.literal(type), ...shape })
}

/** Facts the runner observes itself. */
const runnerEvents = [
  event('run.started', {
    scenario_ref: z.string(),
    template: z.string().nullable(),
    /** What the scenario says a run of it comes to, with the template merged in. */
    expected: ExpectedOutcome.optional(),
    /** Present when the agents' seeds follow the ecosystem's public formula: then anybody can compute their keys. */
    keys: z.literal('public').optional(),
    /** 32 hex digits: the W3C trace that every request of the run belongs to. */
    trace_id: z.string().optional(),
  }),
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
    /** `stopped`: we asked it to. `crashed`: it ended by itself. `fault`: a step's fault killed it. */
    cause: z.enum(['stopped', 'crashed', 'fault']),
  }),
  event('oidc.issuer_minted', { result: z.object({ issuer_url: z.string(), kid: z.string() }) }),
  event('trust.peers_resolved', {
    peers: recordOf(z.string(), 10_000),
    sources: recordOf(z.string(), 10_000),
    /** By agent id: why its address is not the one that discovery was to find. */
    warnings: z.record(z.string(), z.string()).optional(),
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
  event('step.retrying', { step_id: StepId, attempt: z.int(), attempts: z.int(), error: z.string() }),
  event('step.waiting', { step_id: StepId, ms: z.int() }),
  event('step.probing_no_trust', probe),
  event('step.probing_with_held_tct', probe),
  event('step.access_denied', { ...probe, result: ProbeStatus }),
  event('step.unexpected_status', {
    step_id: StepId,
    initiator: AgentId.optional(),
    target: AgentId.optional(),
    capability: z.string().optional(),
    result: z.union([ProbeStatus, z.object({ expected_pinned: z.boolean(), actual: z.boolean() })]),
  }),
  event('step.fault_injected', { step_id: StepId, kind: z.string(), target: AgentId, notes: z.string() }),
  event('step.fault_complete', { step_id: StepId, kind: z.string(), target: AgentId, result: FaultResult }),
  event('delegation.issuing', { step_id: StepId, initiator: AgentId, target: AgentId, grants: Grants }),
  event('delegation.redeeming', { step_id: StepId, initiator: AgentId, target: AgentId }),
  event('revocation.published', {
    step_id: StepId,
    jti: z.string(),
    result: z.object({ to_cp: z.boolean(), reason: z.string() }),
  }),
  event('tct.renewed', {
    step_id: StepId,
    agent_id: AgentId,
    target: AgentId,
    jti: z.string(),
    result: z.object({ expires_at: z.int() }),
  }),
  event('tct.cache.stats', { step_id: StepId, agent_id: AgentId, result: TctCacheStats }),
  event('spki.pin.checked', {
    step_id: StepId,
    result: z.object({ computed_hash_b64: z.string(), pin_count: z.int(), is_pinned: z.boolean() }),
  }),
  event('cp.enroll_started', { step_id: StepId, agent_id: AgentId }),
  event('cp.enroll_complete', {
    step_id: StepId,
    agent_id: AgentId,
    aid: z.string(),
    result: z.object({ registered_at: z.union([z.string(), z.number()]).nullable() }),
  }),
  event('cp.webhook.subscribed', {
    step_id: StepId,
    result: z.object({ id: z.string(), url: z.string(), events: z.array(z.string()) }),
  }),
  event('cp.webhook.subscribe_failed', { step_id: StepId, notes: z.string() }),
  event('cp.trust_anchor.provisioned', { step_id: StepId, agent_id: AgentId, result: Result }),
  event('cp.delegation.tree', { step_id: StepId, agent_id: AgentId, result: Result }),
  event('cp.webhook.delivered', {
    delivery_id: z.string(),
    event_type: z.string(),
    payload: z.unknown(),
  }),
] as const

/** Facts that both sides tell, each in its own shape; `source` says whose an event is. */
const runnerView = [
  event('identity.key.rotated', {
    step_id: StepId,
    agent_id: AgentId,
    aid: z.string(),
    old_aid: z.string(),
    notes: z.string(),
  }),
  event('session.bundle.exported', {
    step_id: StepId,
    agent_id: AgentId,
    result: z.object({ participant_aids: z.array(z.string()), session_id: z.string() }),
  }),
  event('session.bundle.verified', {
    step_id: StepId,
    agent_id: AgentId,
    result: z.object({
      kind: z.enum(['clear', 'degraded']),
      active_aids: z.array(z.string()),
      dropped_aids: z.array(z.string()),
    }),
  }),
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
    decision: z.enum(['allowed', 'refused', 'challenged']),
    code: z.string().nullable(),
    /** The check of the ladder that refused, where there was one. */
    check: z.string().nullable().default(null),
    stages: listOf(StageFact, 16),
  }),
  event('capability.invoked', {
    capability: z.string(),
    caller_aid: z.string(),
    status: z.int(),
    stages: listOf(StageFact, 16),
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
  event('delegation.issued', {
    tct: TokenFacts,
    delegatee_aid: z.string(),
    scope: Grants,
    jti: z.string(),
    parent_jti: z.string(),
  }),
  event('delegation.redeemed', {
    role: z.enum(['issuer', 'delegatee']),
    grants: Grants,
    jti: z.string(),
    parent_jti: z.string().nullable(),
    /** The delegatee's side. */
    peer_aid: z.string().optional(),
    tct: TokenFacts.optional(),
    /** The issuer's side. */
    delegatee_aid: z.string().optional(),
    delegator_aid: z.string().optional(),
  }),
  event('delegation.rejected', { error: z.string(), code: z.string(), check: z.string().nullable() }),
  event('tct.revoked', { jti: z.string(), total_revoked: z.int() }),
  event('tct.renewal.requested', {
    tct: TokenFacts,
    jti: z.string(),
    previous_jti: z.string(),
    peer_aid: z.string(),
  }),
  event('tct.renewal.issued', {
    tct: TokenFacts,
    jti: z.string(),
    previous_jti: z.string(),
    subject: z.string(),
  }),
  event('tct.renewal.rejected', { error: z.string(), code: z.string(), check: z.string().nullable() }),
  event('cp.enroll_succeeded', {
    aid: z.string(),
    registered_at: z.union([z.string(), z.number()]).nullable(),
  }),
  event('cp.enroll_failed', {
    stage: z.enum(['enroll', 'register']),
    status_code: z.int().optional(),
    body: z.string().max(300).optional(),
    transport: z.string().optional(),
    decode: z.string().optional(),
  }),
  event('revocation.list_fetched', {
    jti_count: z.int(),
    added: z.int(),
    verified: z.literal(true),
    issuer: z.string(),
  }),
  event('revocation.refresh_failed', { error: z.string() }),
  event('revocation.verify_failed', { cause: z.string(), check: z.string().nullable(), detail: z.string() }),
  event('revocation.poll', { healthy: z.boolean(), changed: z.boolean(), posture: RevocationPosture }),
  event('revocation.degraded_serve', { reason: z.string(), serves: z.int(), fail_mode: z.string() }),
] as const

const workerView = [
  event('identity.key.rotated', { old_aid: z.string(), new_aid: z.string() }),
  event('session.bundle.exported', { session_id: z.string(), participant_count: z.int() }),
  event('session.bundle.verified', { kind: z.enum(['clear', 'degraded']), active_count: z.int() }),
] as const

export const RunnerEventBody = z.discriminatedUnion('type', [...runnerEvents, ...runnerView])
export type RunnerEventBody = z.infer<typeof RunnerEventBody>

export const WorkerEventBody = z.discriminatedUnion('type', [...workerEvents, ...workerView])
export type WorkerEventBody = z.infer<typeof WorkerEventBody>

export type EventBody = RunnerEventBody | WorkerEventBody
export type EventType = EventBody['type']

/** What the log adds to every fact. Order is `seq` and nothing else. */
const Stamp = z.object({
  /** Gapless from 1 within the run. */
  seq: z.int().positive(),
  /** The producer's clock, Unix seconds. */
  ts: UnixSeconds,
  /** The host's monotonic clock since the start of the run, milliseconds. */
  offset_ms: z.number(),
  run_id: z.string(),
  source: z.enum(['runner', 'agent']),
  /** The agent that reported it; runner events name theirs in the body. */
  agent_id: z.string().optional(),
  /** The `seq`s that led to this event. */
  cause_seq: listOf(z.int(), 10_000),
  exchange_id: z.string().optional(),
})

/** Types that both sides tell are kept apart by `source`, which the host stamps. */
export const RunEvent = z.union([
  RunnerEventBody.and(Stamp.extend({ source: z.literal('runner') })),
  WorkerEventBody.and(Stamp.extend({ source: z.literal('agent') })),
])
export type RunEvent = z.infer<typeof RunEvent>

/** An event of one given type. */
export type EventOf<Type extends EventType> = Extract<RunEvent, { type: Type }>

export const terminalEventTypes = ['run.complete', 'run.failed', 'run.cancelled', 'run.interrupted'] as const

export function isTerminalEvent(event: { type: string }): boolean {
  return (terminalEventTypes as readonly string[]).includes(event.type)
}
