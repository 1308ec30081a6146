import { randomUUID } from 'node:crypto'
import { asUuid } from '../uuid.ts'
import type { StoredEvent } from './event-bus.ts'

export type NormalisedEvent = Omit<StoredEvent, 'seq'>

/** Longest text of each member; an event beyond one is left out, and not the batch with it (D-16). */
const widths = { type: 128, source: 128, sessionId: 255, runId: 255, aidA: 512, aidB: 512 } as const

/** Below this a number is seconds, else milliseconds. */
const smallestMilliseconds = 1e12

type Raw = Readonly<Record<string, unknown>>

/** What is stored of an event however its sender spells it (control-plane.md §4.1). */
export function normalise(raw: Raw, now: number): NormalisedEvent {
  const { payload, grants } = raw
  return {
    // A sender that repeats itself under the same id is heard once (D-03).
    id: asUuid(raw['id']) ?? randomUUID(),
    type: typeof raw['type'] === 'string' ? raw['type'] : 'unknown',
    ts: instant(raw['ts'], now),
    aidA: text(raw, 'aidA', 'aid_a', 'initiator'),
    aidB: text(raw, 'aidB', 'aid_b', 'target'),
    sessionId: text(raw, 'sessionId', 'session_id'),
    runId: text(raw, 'runId', 'run_id') ?? text(raw['playground'], 'run_id'),
    grants: isStrings(grants) ? grants : null,
    payload: typeof payload === 'object' && payload !== null ? payload : raw,
    source: text(raw, 'source') ?? 'playground',
    createdAt: now,
  }
}

/** The member that is too long for its column, `null` when all fit. */
export function tooWide(event: NormalisedEvent): keyof typeof widths | null {
  for (const [member, width] of Object.entries(widths)) {
    const value = event[member as keyof typeof widths]
    if (value !== null && value.length > width) return member as keyof typeof widths
  }
  return null
}

/** The first of the members that is a text with something in it. */
export function text(from: unknown, ...names: readonly string[]): string | null {
  if (!isObject(from)) return null
  for (const name of names) {
    const value = from[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

export function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

function instant(value: unknown, now: number): number {
  const ms =
    typeof value === 'number'
      ? value * (value < smallestMilliseconds ? 1000 : 1)
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN
  const rounded = Math.round(ms)
  return Number.isSafeInteger(rounded) && !Number.isNaN(new Date(rounded).getTime()) ? rounded : now
}
