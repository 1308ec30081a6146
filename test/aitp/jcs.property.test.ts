import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalize } from '../../src/aitp/jcs.ts'
import { parseStrictJson } from '../../src/aitp/strict-json.ts'
import { isWellFormed } from '../../src/aitp/well-formed.ts'

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => isWellFormed(JSON.stringify(value)))
const options = { maxLength: 1_000_000, fractions: 'anywhere' } as const

it('is a fixed point: the canonical text, parsed, is canonical again', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalize(value)
      // A double beyond 2^53 may be written as a plain integer, which the parser refuses for its own reasons.
      fc.pre(!/(?<![.eE\d])\d{16,}/.test(text))
      expect(canonicalize(parseStrictJson(text, options))).toBe(text)
    }),
    { numRuns: 300 },
  )
})

it('does not depend on the order of members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse())
      expect(canonicalize(reversed)).toBe(canonicalize(object))
    }),
  )
})
