import { isDeepStrictEqual } from 'node:util'
import type { Assertion } from '../../shared/steps.ts'
import { quote } from '../registry/inputs.ts'
import { valueAt } from './value-at.ts'

/** One sentence for each assertion that does not hold for a step's output. */
export function failingAssertions(assertions: readonly Assertion[], output: unknown): string[] {
  return assertions.flatMap((assertion) => {
    const value = valueAt(output, assertion.path)
    const wanted = unmet(assertion, value)
    if (wanted === null) return []
    const where = assertion.path === '' ? 'the output' : assertion.path
    return [`${where} is ${value === undefined ? 'not there' : quote(value)}, and should ${wanted}`]
  })
}

/** What the value should do and does not; `null` when all is well. */
function unmet(assertion: Assertion, value: unknown): string | null {
  const { equals, not_equals, contains, exists } = assertion
  const isThere = value !== undefined && value !== null
  if (exists !== undefined && isThere !== exists) return exists ? 'be there' : 'not be there'
  if (equals !== undefined && !isDeepStrictEqual(value, equals)) return `be ${quote(equals)}`
  if (not_equals !== undefined && isDeepStrictEqual(value, not_equals)) return `not be ${quote(not_equals)}`
  if (contains !== undefined && !isIn(contains, value)) return `contain ${quote(contains)}`
  return null
}

function isIn(part: string | number | boolean, value: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(part))
  return Array.isArray(value) && value.includes(part)
}
