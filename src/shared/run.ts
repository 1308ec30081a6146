import { z } from 'zod'
import { listOf, UnixSeconds } from './bounded.ts'
import { RunEvent } from './events.ts'

export const RunStatus = z.enum(['pending', 'running', 'success', 'failed', 'cancelled', 'interrupted'])
export type RunStatus = z.infer<typeof RunStatus>

export function isTerminalStatus(status: RunStatus): boolean {
  return status !== 'pending' && status !== 'running'
}

export const RunAgent = z.object({
  agent_id: z.string(),
  pid: z.int().nullable(),
  aid: z.string().nullable(),
  port: z.int().nullable(),
  display_name: z.string(),
  org: z.enum(['internal', 'external']),
  signing_suite: z.enum(['ed25519', 'p256']),
  offered_caps: z.array(z.string()),
  /** It runs elsewhere: no process, no port, and it is only ever asked, never told to act. */
  remote: z.boolean().default(false),
})
export type RunAgent = z.infer<typeof RunAgent>

/** A run without its events. `created_at` is Unix seconds. */
export const RunSummary = z.object({
  run_id: z.string(),
  status: RunStatus,
  scenario_ref: z.string(),
  run_label: z.string().nullable(),
  template: z.string().nullable(),
  created_at: UnixSeconds,
  event_count: z.int(),
  /** It ran in another data folder and was handed in as a file: nothing here has seen it happen. */
  imported: z.boolean().default(false),
})
export type RunSummary = z.infer<typeof RunSummary>

/** Which Control Plane a run works with: none, the one inside the console, or the one at this address. */
export const ControlPlaneChoice = z.union([z.enum(['off', 'embedded']), z.url({ protocol: /^https?$/ })])
export type ControlPlaneChoice = z.infer<typeof ControlPlaneChoice>

export const RunError = z.object({ code: z.string(), message: z.string() })

/** The run record of `run --json` and `GET /runs/{id}`. */
export const RunRecord = z.object({
  run_id: z.string(),
  status: RunStatus,
  scenario_ref: z.string(),
  run_label: z.string().nullable(),
  template: z.string().nullable(),
  inputs: z.record(z.string(), z.unknown()),
  agents: listOf(RunAgent, 10_000),
  outputs: z.record(z.string(), z.unknown()),
  events: z.array(RunEvent),
  /** One sentence, as clients of the ecosystem read it; `error_code` is ours. */
  error: z.string().nullable(),
  error_code: z.string().nullable(),
  /** Whether the run came to what the scenario says it should; `null` while it goes on and where nothing is said. */
  as_expected: z.boolean().nullable().default(null),
  /** Without the name and the key that may be configured with it. */
  cp: ControlPlaneChoice.default('off'),
  created_at: UnixSeconds,
  imported: RunSummary.shape.imported,
})
export type RunRecord = z.infer<typeof RunRecord>
