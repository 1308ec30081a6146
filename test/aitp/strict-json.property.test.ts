import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseStrictJson } from '../../src/aitp/strict-json.ts'
import { isWellFormed } from '../../src/aitp/well-formed.ts'

const options = { maxLength: 100_000, fractions: 'anywhere' } as const

/** Values that both parsers must read alike: no unsafe integers, no lone surrogates, not too deep. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
    fc.string({ unit: 'binary' }).filter((text) => isWellFormed(text)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value

it('reads what JSON.stringify writes, as JSON.parse does', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space)
      expect(JSON.stringify(parseStrictJson(text, options))).toBe(JSON.stringify(JSON.parse(text)))
    }),
    { numRuns: 300 },
  )
})

it('never accepts what JSON.parse refuses, and never throws anything but its own error', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '\\',
    '\\u00',
    '1',
    '-',
    '0',
    '.5',
    'e9',
    'true',
    'null',
    ' ',
    '\n',
    '\ufeff',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      try {
        parseStrictJson(text, options)
      } catch (error) {
        expect(error).toHaveProperty('name', 'StrictJsonError')
        return
      }
      expect(() => JSON.parse(text)).not.toThrow()
    }),
    { numRuns: 3000 },
  )
})
