import { z } from 'zod'
import { recordOf } from './bounded.ts'

/** The ordered stages that a capability call passes at the callee. Stages 1 to 6 decide, 7 to 9 carry out. */
export const decidingStages = ['kill_state', 'limits', 'trust', 'revocation', 'policy', 'payment'] as const
export const executingStages = ['execute', 'receipt', 'audit'] as const

export const StageName = z.enum([...decidingStages, ...executingStages])
export type StageName = z.infer<typeof StageName>

/**
 * `challenged`: the stage asks for a proof first, and the caller may come again with it. `skipped`: the stage is off
 * and says why; never a silent pass.
 */
export const StageDecision = z.enum(['passed', 'refused', 'challenged', 'skipped', 'not_reached'])
export type StageDecision = z.infer<typeof StageDecision>

export const StageFact = z.object({
  stage: StageName,
  decision: StageDecision,
  reason: z.string(),
  /** Milliseconds spent in the stage. */
  ms: z.number().nonnegative(),
  /** Ids the decision rests on, e.g. `{jti, issuer, subject}`. */
  ids: recordOf(z.string(), 32),
})
export type StageFact = z.infer<typeof StageFact>
