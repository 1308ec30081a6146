import { z } from 'zod'
import type { Report as AitpReport, ArtefactSubject } from '../aitp/report.ts'
import { listOf, UnixSeconds } from './bounded.ts'

export const CheckStatus = z.enum(['passed', 'failed', 'not_reached', 'skipped'])
export type CheckStatus = z.infer<typeof CheckStatus>

export const Check = z.object({
  id: z.string(),
  title: z.string(),
  section: z.string(),
  status: CheckStatus,
  expected: z.string().nullable(),
  actual: z.string().nullable(),
})
export type Check = z.infer<typeof Check>

/** A verification ladder as `src/aitp` writes it, checked again wherever it arrives from another process. */
export const Report = z.object({
  subject: z.enum([
    'manifest',
    'mutual_hello',
    'mutual_hello_ack',
    'mutual_commit',
    'mutual_commit_ack',
    'tct',
    'grant_voucher',
    'unsigned',
    'delegation',
    'revocation_list',
    'session_bundle',
    'pop_challenge',
    'pop_response',
    'renewal_request',
    'renewal_response',
    'error',
    'identity_token',
  ]),
  verdict: z.enum(['accepted', 'refused']),
  code: z.string().nullable(),
  checked_at: UnixSeconds,
  /** How long it took by the verifier's clock, milliseconds, where it measured that. */
  ms: z.number().nonnegative().optional(),
  checks: listOf(Check, 500).readonly(),
}) satisfies z.ZodType<AitpReport<ArtefactSubject>>
export type Report = z.infer<typeof Report>

/** The first failed check, or `null` when none failed. */
export function failedCheck(report: Report): Check | null {
  return report.checks.find((check) => check.status === 'failed') ?? null
}
