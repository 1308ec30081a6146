import { z } from 'zod'
import { call, Nothing, RunRef } from './define.ts'

const Limit = z.coerce.number().int().min(1).max(1_000)
/** Over HTTP and IPC alike: the text is what a Control Plane reads. */
const Active = z.enum(['true', 'false']).optional()
const Text = z.string().min(1).optional()

/** A record as the Control Plane has it: its fields are its own. */
const CpRecord = z.record(z.string(), z.unknown())

/** `cp_enabled` is false without a Control Plane, and there is then nothing else to tell. */
const CpItems = z.object({ cp_enabled: z.boolean(), items: z.array(CpRecord), count: z.int() })

const Namespace = z.strictObject({ namespace: Text })

export const TctQuery = z.strictObject({
  issuer: Text,
  subject: Text,
  audience: Text,
  capability: Text,
  session_id: Text,
  active: Active,
  limit: Limit.default(200),
})
export type TctQuery = z.infer<typeof TctQuery>

/** `root_jti` gives everything below one delegation, and the rest is then not looked at. */
export const DelegationQuery = z.strictObject({
  root_jti: Text,
  parent_jti: Text,
  delegator: Text,
  delegatee: Text,
  active: Active,
  limit: Limit.default(200),
})
export type DelegationQuery = z.infer<typeof DelegationQuery>

export const ReplayQuery = z.strictObject({
  session_id: z.string(),
  since: Text,
  until: Text,
  limit: Limit.default(500),
})
export type ReplayQuery = z.infer<typeof ReplayQuery>

/** One report of a Control Plane to a run's subscription, as it was taken; `ts` is Unix seconds. */
export const WebhookDelivery = z.object({
  type: z.literal('cp.webhook.delivered'),
  run_id: z.string(),
  ts: z.number(),
  delivery_id: z.string(),
  event_type: z.string(),
  payload: z.unknown(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

/** What a Control Plane makes of the runs; every entry answers without one. */
export const controlPlaneCalls = {
  cpTcts: call({ http: 'GET /cp/tcts', input: TctQuery, output: CpItems }),
  cpDelegations: call({ http: 'GET /cp/delegations', input: DelegationQuery, output: CpItems }),
  cpReplay: call({ http: 'GET /cp/sessions/:session_id/replay', input: ReplayQuery, output: CpItems }),
  cpDashboard: call({
    http: 'GET /cp/dashboard',
    input: z.strictObject({ window: z.string().min(1).default('24h') }),
    output: z.object({ cp_enabled: z.boolean(), data: CpRecord }),
  }),
  cpAgents: call({ http: 'GET /cp/agents', input: Nothing, output: CpItems }),
  cpTrustAnchors: call({ http: 'GET /cp/trust-anchors', input: Namespace, output: CpItems }),
  cpPinnedKeys: call({ http: 'GET /cp/pinned-keys', input: Namespace, output: CpItems }),
  runCpAudit: call({
    http: 'GET /runs/:run_id/cp-audit',
    input: RunRef.extend({ type: Text, limit: Limit.default(200) }),
    output: z.object({
      run_id: z.string(),
      cp_enabled: z.boolean(),
      events: z.array(CpRecord),
      /** Those of `events`, each once, sorted. */
      event_types: z.array(z.string()),
      count: z.int(),
    }),
  }),
  runCpSessions: call({
    http: 'GET /runs/:run_id/cp-sessions',
    input: RunRef.extend({ status: Text, limit: Limit.default(200) }),
    output: z.object({
      run_id: z.string(),
      cp_enabled: z.boolean(),
      sessions: z.array(CpRecord),
      count: z.int(),
    }),
  }),
  /** What is kept here; asks no Control Plane. */
  runCpDeliveries: call({
    http: 'GET /runs/:run_id/cp-deliveries',
    input: RunRef.extend({ event_type: Text }),
    output: z.object({
      run_id: z.string(),
      subscribed: z.boolean(),
      webhook: z.object({ id: z.string(), url: z.string(), events: z.array(z.string()) }).nullable(),
      deliveries: z.array(WebhookDelivery),
      count: z.int(),
    }),
  }),
} as const
