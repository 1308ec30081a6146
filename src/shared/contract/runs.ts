import { z } from 'zod'
import { RunEvent } from '../events.ts'
import { Exchange, ExchangeDetail } from '../exchange.ts'
import { Voice } from '../narration/voice.ts'
import { ControlPlaneChoice, RunRecord, RunStatus, RunSummary } from '../run.ts'
import { call, ndjsonMedia, RunRef, stream } from './define.ts'

export const StartRun = z.strictObject({
  scenario_ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  run_label: z.string().max(200).nullable().default(null),
  template: z.string().nullable().default(null),
  /** Another name for `template`, as some clients send it. */
  variant: z.string().nullable().default(null),
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

/** A moment: Unix seconds, or a date or time of ISO 8601 with its offset; always Unix seconds afterwards. */
const Moment = z.union([
  z.number().nonnegative(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
  z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => Date.parse(text) / 1000),
])

/** Which runs; all of them without any member, in the order in which they were created. */
export const RunFilter = z.strictObject({
  /** An id, or how it begins. */
  run_id: z.string().min(1).optional(),
  status: RunStatus.optional(),
  /** A reference, or how it begins. */
  scenario: z.string().min(1).optional(),
  /** An agent's id in its scenario, or its AID. */
  agent: z.string().min(1).optional(),
  /** A part of the label, whatever its case. */
  label: z.string().min(1).optional(),
  /** Created at this moment or later. */
  since: Moment.optional(),
  /** Created before this moment. */
  until: Moment.optional(),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  limit: z.coerce.number().int().positive().optional(),
  offset: z.coerce.number().int().nonnegative().default(0),
})
export type RunFilter = z.output<typeof RunFilter>

/** What is kept of runs that have ended; `null` where there is no limit. A run going on is always kept. */
export const Retention = z.object({
  max_runs: z.int().positive().nullable(),
  max_age_days: z.number().positive().nullable(),
})
export type Retention = z.infer<typeof Retention>

/** Runs: to start, to watch, to hold up and to end; to find, to keep, to hand on and to delete. */
export const runCalls = {
  startRun: call({ http: 'POST /runs', status: 202, input: StartRun, output: RunCreated }),
  listRuns: call({
    http: 'GET /runs',
    input: RunFilter,
    output: z.object({
      runs: z.array(RunSummary),
      /** How many there are, whatever the limit. */
      total: z.int(),
      retention: Retention,
    }),
  }),
  /** With its events and exchanges. One that is going on is refused with `run_going_on`. */
  deleteRun: call({
    http: 'DELETE /runs/:run_id',
    input: RunRef,
    output: z.object({ deleted: z.string() }),
  }),
  /** A run as one file; it holds tokens and bodies, unless exchanges are left out. */
  exportRun: call({
    http: 'GET /runs/:run_id/export',
    media: ndjsonMedia,
    input: RunRef.extend({ exchanges: z.enum(['all', 'none']).default('all') }),
    output: z.string(),
  }),
  /** Stores what `exportRun` gave, all of it or nothing: `import_invalid` names the line, `run_id_taken` its id. */
  importRun: call({
    http: 'POST /runs/import',
    status: 201,
    takes: ndjsonMedia,
    input: z.strictObject({ text: z.string() }),
    output: z.object({
      run_id: z.string(),
      status: RunStatus,
      events: z.int(),
      captures: z.int(),
    }),
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
