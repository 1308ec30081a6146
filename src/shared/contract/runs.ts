import { z } from 'zod'
import { RunEvent } from '../events.ts'
import { Exchange, ExchangeDetail } from '../exchange.ts'
import { Voice } from '../narration/voice.ts'
import { ControlPlaneChoice, RunRecord, RunStatus, RunSummary } from '../run.ts'
import { call, Nothing, RunRef, stream } from './define.ts'

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

/** Runs: to start, to watch, to hold up and to end. */
export const runCalls = {
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
  narrateRun: call({
    http: 'GET /runs/:run_id/narrate',
    media: 'text/plain',
    input: RunRef.extend({ voice: Voice.default('terms') }),
    output: z.string(),
  }),
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
