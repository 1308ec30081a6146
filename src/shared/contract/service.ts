import { z } from 'zod'
import { call, Nothing } from './define.ts'

/** What the protocol library can do; the keys are those that clients of the ecosystem read. */
export const Capabilities = z.object({
  sdk_available: z.boolean(),
  version: z.string().nullable(),
  features: z.object({
    oidc: z.boolean(),
    session_bundle: z.boolean(),
    spki_pinning: z.boolean(),
    tct_renewal: z.boolean(),
    tct_cache: z.boolean(),
    multihop_delegation: z.boolean(),
  }),
})
export type Capabilities = z.infer<typeof Capabilities>

/** The service itself: whether it is there, what it can do, and who may talk to it. */
export const serviceCalls = {
  health: call({
    http: 'GET /healthz',
    input: Nothing,
    output: z.object({ status: z.literal('ok'), version: z.string() }),
  }),
  /** What this process has counted since it started, as Prometheus reads it. */
  metrics: call({
    http: 'GET /metrics',
    media: 'text/plain; version=0.0.4; charset=utf-8',
    input: Nothing,
    output: z.string(),
  }),
  capabilities: call({ http: 'GET /capabilities', input: Nothing, output: Capabilities }),
  /** OpenAPI 3.1 of this service, made from this contract. */
  openApi: call({
    http: 'GET /openapi.json',
    input: Nothing,
    output: z.looseObject({
      openapi: z.string(),
      info: z.object({ title: z.string(), version: z.string() }),
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    }),
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
} as const
