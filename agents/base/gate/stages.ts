import type { StageDecision, StageFact, StageName } from '../../../src/shared/gate.ts'

/** A stage that is off: it says so, and never passes in silence. */
export function skipped(stage: StageName, reason: string): StageFact {
  return { stage, decision: 'skipped', reason, ms: 0, ids: {} }
}

export function notReached(stage: StageName): StageFact {
  return { stage, decision: 'not_reached', reason: 'an earlier stage refused', ms: 0, ids: {} }
}

/** Stops the clock of a stage when its decision is known. */
export function startStage(stage: StageName) {
  const startedMs = performance.now()
  return (decision: StageDecision, reason: string, ids: Record<string, string> = {}): StageFact => ({
    stage,
    decision,
    reason,
    ms: performance.now() - startedMs,
    ids,
  })
}
