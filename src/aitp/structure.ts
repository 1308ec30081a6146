import type { Evidence, Ladder } from './ladder.ts'
import { type Fault, inspect, type Shape } from './shape.ts'
import type { JsonObject } from './strict-json.ts'

export interface MoreFaults {
  /** A structural fault that the shape alone cannot see. */
  readonly other?: Fault | undefined
  /** A fault with a check of its own further down. It only keeps an unknown member from being the sole defect. */
  readonly later?: Fault | undefined
}

/**
 * The structural check of an artifact. An unknown member has its own code, but only when it is the sole defect, so
 * every other fault is looked for first.
 */
export function requireShape<Id extends string>(
  ladder: Ladder<Id>,
  id: Id,
  object: JsonObject,
  shape: Shape,
  { other, later }: MoreFaults = {},
): void {
  const { fault = other, unknown } = inspect(object, shape)
  if (fault !== undefined) ladder.refuse(id, faultEvidence(fault))
  if (unknown !== undefined && later !== undefined) ladder.refuse(id, faultEvidence(later))
  if (unknown !== undefined) ladder.refuse(id, { ...faultEvidence(unknown), code: 'UNKNOWN_FIELD' })
  ladder.pass(id)
}

export function faultEvidence({ member, expected, actual }: Fault): Evidence {
  return { expected: `${member}: ${expected}`, actual: `${member}: ${actual}` }
}
