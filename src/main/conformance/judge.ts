import type { Answer } from './answer.ts'
import type { Expectation } from './fixture.ts'
import { isTree } from './tree.ts'

export interface Judgement {
  /** What is wrong with the answer, `null` when nothing is. */
  readonly fault: string | null
  /** Side effects about which the implementation said nothing. They have neither held nor failed. */
  readonly unobserved: readonly string[]
}

/** Compares an answer with what the fixture wants to see. Messages are never compared. */
export function judge(answer: Answer, expected: Expectation): Judgement {
  const observed = sideEffectsOf(answer)
  const wanted = Object.entries(expected.sideEffects)
  return {
    fault: outcomeFault(answer, expected) ?? grantsFault(answer, expected) ?? effectFault(wanted, observed),
    unobserved: wanted.map(([name]) => name).filter((name) => observed[name] === undefined),
  }
}

function outcomeFault(answer: Answer, { errorCode }: Expectation): string | null {
  if (answer.ok) return errorCode === null ? null : `expected ${errorCode}, got success`
  if (answer.code === errorCode) return null
  return `expected ${errorCode ?? 'success'}, got ${answer.code} (${answer.message})`
}

/** In any order. */
function grantsFault(answer: Answer, { grants }: Expectation): string | null {
  if (grants === null || !answer.ok) return null
  const { grants: given } = answer.result
  const [left, right] = [grants, Array.isArray(given) ? given : []].map((list) => [...list].sort().join(', '))
  return left === right ? null : `expected the grants ${left}, got ${right || 'none'}`
}

function effectFault(
  wanted: readonly (readonly [string, boolean])[],
  observed: Readonly<Record<string, unknown>>,
): string | null {
  const wrong = wanted.find(([name, value]) => observed[name] !== undefined && observed[name] !== value)
  return wrong === undefined ? null : `expected ${wrong[0]} to be ${wrong[1]}`
}

function sideEffectsOf(answer: Answer): Readonly<Record<string, unknown>> {
  if (!answer.ok) return answer.sideEffects ?? {}
  const { side_effects } = answer.result
  return isTree(side_effects) ? side_effects : {}
}
