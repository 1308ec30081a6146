import { z } from 'zod'

/** Events of a run that went to the Control Plane together. */
export const SentBatch = z.object({
  first_seq: z.int(),
  last_seq: z.int(),
  /** Unix seconds. */
  sent_at: z.number(),
  /** What was answered; `null` when nothing was. */
  status: z.int().nullable(),
  /** Why it was not taken, or not all of it. */
  error: z.string().nullable(),
})
export type SentBatch = z.infer<typeof SentBatch>

/**
 * Why what the Control Plane shows is not what happened (console.md D.11). `same`: it is. `not_sent`: the event never
 * left. `refused`: it was sent and not taken. `lost`: it was sent and nothing was answered. `not_projected`: it is
 * stored and nothing was made of it. `different`: it is shown otherwise. `without_parties`: shown without who took part.
 * `gone`: it was there, and was taken away. `unknown_here`: shown, and this run knows nothing of it.
 */
export const Difference = z.enum([
  'same',
  'not_sent',
  'refused',
  'lost',
  'not_projected',
  'without_parties',
  'different',
  'gone',
  'unknown_here',
])
export type Difference = z.infer<typeof Difference>

/** One thing that happened, was reported, and is shown. */
export const ProjectionRow = z.object({
  kind: z.enum(['session', 'tct', 'delegation', 'revocation', 'webhook']),
  /** Session id, `jti` or webhook id. */
  id: z.string(),
  /** What happened here, member by member; `null` where only the Control Plane knows of it. */
  local: z.record(z.string(), z.unknown()).nullable(),
  /** The events that said so, and the batch that carried the last of them. */
  event_seqs: z.array(z.int()),
  sent: SentBatch.nullable(),
  /** What the Control Plane shows; `null` where it shows nothing. */
  shown: z.record(z.string(), z.unknown()).nullable(),
  difference: Difference,
  /** The members that are shown otherwise. */
  members: z.array(z.string()),
  /** One sentence. */
  explanation: z.string(),
})
export type ProjectionRow = z.infer<typeof ProjectionRow>

export const Projections = z.object({
  run_id: z.string(),
  /** Whether the run has a Control Plane that may be asked, and whether it answered. */
  cp_enabled: z.boolean(),
  reachable: z.boolean(),
  cp: z.string(),
  /** Events of the run, and how many of them were taken. */
  event_count: z.int(),
  taken_count: z.int(),
  batches: z.array(SentBatch),
  rows: z.array(ProjectionRow),
})
export type Projections = z.infer<typeof Projections>
