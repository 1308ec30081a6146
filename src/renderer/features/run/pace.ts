import type { RunEvent } from '../../../shared/events.ts'

/**
 * Whether a run goes on by itself.
 * - `going`: step after step
 * - `pausing`: somebody asked it to stand still; the step under way is carried out first
 * - `paused`: it stands still before a step
 */
export type Pace =
  | { readonly kind: 'going' }
  | { readonly kind: 'pausing' }
  | { readonly kind: 'paused'; readonly before: string | null }

/** What the log says, and `asked` what it cannot say yet: that the run is to stand still at the next opportunity. */
export function paceOf(events: readonly RunEvent[], asked: boolean): Pace {
  const last = events.findLast(({ type }) => type === 'run.paused' || type === 'run.resumed')
  if (last?.type === 'run.paused') return { kind: 'paused', before: last.step_id ?? null }
  return { kind: asked ? 'pausing' : 'going' }
}
