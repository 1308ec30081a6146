import { randomUUID } from 'node:crypto'
import type { NormalisedEvent } from './normalise.ts'

/** An event that the Control Plane itself tells. */
export function ownEvent(
  type: string,
  payload: Readonly<Record<string, unknown>>,
  { now, ts = now, aidA = null }: { now: number; ts?: number; aidA?: string | null },
): NormalisedEvent {
  return {
    id: randomUUID(),
    type,
    ts,
    aidA,
    aidB: null,
    sessionId: null,
    runId: null,
    grants: null,
    payload,
    source: 'cp',
    createdAt: now,
  }
}
