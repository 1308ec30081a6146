import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parsePlainJson } from '../../src/aitp/plain-json.ts'
import { parseStrictJson, readStrictJson } from '../../src/aitp/strict-json.ts'

const options = { maxLength: 1_000_000 }

/** What either way makes of a text: the value, or the words of the refusal. */
function outcome(parse: () => unknown): unknown {
  try {
    const value = parse()
    return { value, objects: shapeOf(value) }
  } catch (error) {
    return String(error)
  }
}

/** Whether every object in it is without a prototype. */
function shapeOf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== null) return false
  return Object.values(value).every(shapeOf)
}

function expectAgreement(text: string): void {
  expect(outcome(() => parseStrictJson(text, options))).toEqual(outcome(() => readStrictJson(text)))
}

/** Anything JavaScript can write as JSON, with the names and numbers that go wrong. */
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      null,
      true,
      false,
      -0,
      0.5,
      1e21,
      1e-7,
      2 ** 53,
      2 ** 53 - 1,
      -(2 ** 53),
      '\ud800',
      '\udc00x',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'ext', 'extensions', '1', '0')),
      tie('value'),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value

it('both ways agree on whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(undefined, 1, '\t'), (value, space) =>
      expectAgreement(JSON.stringify(value, null, space)),
    ),
    { numRuns: 1000 },
  )
})

it('both ways agree on texts with a character changed, dropped or doubled', () => {
  fc.assert(
    fc.property(
      anyJson,
      fc.nat(),
      fc.constantFrom('"', '\\', '{', '}', ',', '0', '.', 'e', ' ', 'u', '\ufeff'),
      (value, at, other) => {
        const text = JSON.stringify(value)
        const index = at % text.length
        for (const middle of [other, '', text.charAt(index) + other])
          expectAgreement(text.slice(0, index) + middle + text.slice(index + 1))
      },
    ),
    { numRuns: 1000 },
  )
})

it.each([
  '{"a":1,"a":1}',
  '{"__proto__":{"a":1}}',
  '{"ext":{"x":0.5},"y":0.5}',
  '"\\ud83d\\ude00"',
  '"\ud83d\ude00"',
  '"\\u2028"',
  '9007199254740991',
  '9007199254740993',
  '1e+21',
  '-0',
  `${'['.repeat(32)}${']'.repeat(32)}`,
  `${'['.repeat(33)}${']'.repeat(33)}`,
  `${'['.repeat(100_000)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '',
])('both ways agree on %#', (text) => {
  expectAgreement(text)
})

it('is taken for a message as it is usually written, and left to the reader for any other spelling', () => {
  const text = '{"a":[1,"x",null,true,{}],"__proto__":1}'
  expect(parsePlainJson(text)).toEqual(readStrictJson(text))
  for (const other of [
    '{"a":1 }',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":0.5}',
    '{"a":"\\u0061"}',
    '"\\ud800"',
    '{',
  ])
    expect(parsePlainJson(other)).toBeUndefined()
})
