import { z } from 'zod'
import { Projections } from '../projections.ts'
import { Report } from '../report.ts'
import { call, Nothing, RunRef } from './define.ts'

/** A record as the Control Plane answers it: its members are its own. */
const Shown = z.record(z.string(), z.unknown())

/** Whether a question got an answer: without a Control Plane, and while it is away, there are no records. */
const Records = z.object({ reachable: z.boolean(), records: z.array(Shown) })
export type ShownRecords = z.infer<typeof Records>

export const ControlPlaneStatus = z.object({
  /** Where runs of this console report to unless they choose another: `off`, `embedded` or an address. */
  choice: z.string(),
  base_url: z.string().nullable(),
  reachable: z.boolean(),
  /** Who it says it is. */
  aid: z.string().nullable(),
  /** Who must have signed its revocation list; without one agents use none. */
  pinned_aid: z.string().nullable(),
})
export type ControlPlaneStatus = z.infer<typeof ControlPlaneStatus>

/** Its signed list as it is served now, and how the list verifies. Agents fetch and verify their own. */
export const ServedRevocationList = z.object({
  reachable: z.boolean(),
  entries: z.array(z.object({ jti: z.string(), revoked_at: z.int(), reason: z.string().nullable() })),
  issuer: z.string().nullable(),
  /** Unix seconds. */
  published_at: z.int().nullable(),
  expires_at: z.int().nullable(),
  report: Report.nullable(),
})
export type ServedRevocationList = z.infer<typeof ServedRevocationList>

/** What the window shows of a Control Plane, and holds against what really happened. */
export const controlPlaneScreenCalls = {
  controlPlaneStatus: call({ http: 'GET /cp/status', input: Nothing, output: ControlPlaneStatus }),
  /** Agents of every status, as far as it tells. */
  controlPlaneRegistry: call({ http: 'GET /cp/registry', input: Nothing, output: Records }),
  controlPlaneSessions: call({ http: 'GET /cp/sessions', input: Nothing, output: Records }),
  /** Each with its `deliveries` and its `breaker`, where they are told. */
  controlPlaneWebhooks: call({ http: 'GET /cp/webhooks', input: Nothing, output: Records }),
  controlPlaneAudit: call({ http: 'GET /cp/audit', input: Nothing, output: Records }),
  controlPlaneRevocations: call({
    http: 'GET /cp/revocation-list',
    input: Nothing,
    output: ServedRevocationList,
  }),
  /** What happened in a run, what was sent of it, and what its Control Plane shows (console.md D.11). */
  runProjections: call({ http: 'GET /runs/:run_id/projections', input: RunRef, output: Projections }),
} as const
