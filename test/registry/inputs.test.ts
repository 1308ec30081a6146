import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coerceInput, effectiveInputs } from '../../src/main/registry/index.ts'
import { AppError } from '../../src/shared/errors.ts'
import { ScenarioFile } from '../../src/shared/scenario.ts'

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['topic'],
  properties: {
    topic: { type: 'string', default: 'rain' },
    style: { enum: ['casual', 'technical'], type: 'string' },
    count: { type: 'integer', minimum: 1 },
    ratio: { type: 'number' },
    draft: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    limit: { type: ['integer', 'null'] },
    anything: {},
    nested: { type: 'object', properties: { deep: { type: 'string' } }, required: ['deep'] },
  },
}

function withSchema(inputsSchema: object): ScenarioFile {
  return ScenarioFile.parse({
    apiVersion: 'aitp.dev/v1',
    kind: 'ScenarioVersion',
    metadata: { pack: 'a', scenario: 'b', version: '1.0.0', name: 'c' },
    spec: {
      inputs: { schema: inputsSchema },
      agents: [{ id: 'x', ref: 'y' }],
      trust: { boundary: 'intra_org' },
    },
  })
}

function refusal(act: () => unknown) {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof AppError)
      return { code: thrown.code, message: thrown.message, details: thrown.details }
    throw thrown
  }
  throw new Error('nothing was refused')
}

test('B-09: a required input with a default may be left out', () => {
  expect(effectiveInputs(withSchema(schema), {})).toEqual({ topic: 'rain' })
})

test('the given inputs stay as they are', () => {
  const given = {}
  effectiveInputs(withSchema(schema), given)
  expect(given).toEqual({})
})

test('an empty schema lets everything through', () => {
  expect(effectiveInputs(withSchema({}), { a: [1] })).toEqual({ a: [1] })
})

test.each([
  [{ topic: 5 }, 'topic', 'Input topic must be string; 5 is not.'],
  [{ style: 'loud' }, 'style', 'Input style must be one of casual, technical; "loud" is not.'],
  [{ count: 0 }, 'count', 'Input count must be >= 1; 0 is not.'],
  [{ topik: 'x' }, 'topik', 'There is no input topik. Did you mean topic?'],
  [{ nested: {} }, 'nested.deep', 'Input nested.deep is missing.'],
  [{ tags: ['a', 2] }, 'tags.1', 'Input tags.1 must be string; 2 is not.'],
])('refuses %j, naming the input', (inputs, path, message) => {
  expect(refusal(() => effectiveInputs(withSchema(schema), inputs))).toEqual({
    code: 'invalid_inputs',
    message,
    details: [{ path, message }],
  })
})

test('several problems make one sentence and a full list', () => {
  const refused = refusal(() => effectiveInputs(withSchema(schema), { topic: 1, count: 'x' }))
  expect(refused).toMatchObject({
    message: 'Input topic must be string; 1 is not. (and 1 more)',
    details: [{}, {}],
  })
})

test.each([
  ['topic', '12', '12'],
  ['topic', 'true', 'true'],
  ['count', '12', 12],
  ['ratio', '-1.5e3', -1500],
  ['draft', 'false', false],
  ['tags', '["a"]', ['a']],
  ['nested', '{"deep":"x"}', { deep: 'x' }],
  ['limit', 'null', null],
  ['limit', '3', 3],
  ['anything', '3', '3'],
])('--input %s=%s means %j', (name, text, value) => {
  expect(coerceInput(schema, name, text)).toEqual(value)
})

test.each([
  ['count', '1.5', 'Input count must be a whole number; "1.5" is not.'],
  ['count', '', 'Input count must be a whole number; "" is not.'],
  ['ratio', '0x10', 'Input ratio must be a number; "0x10" is not.'],
  ['draft', 'yes', 'Input draft must be true or false; "yes" is not.'],
  ['tags', 'a,b', 'Input tags must be a JSON array; "a,b" is not.'],
  ['limit', 'none', 'Input limit must be a whole number or null; "none" is not.'],
  ['topik', 'x', 'There is no input topik. Did you mean topic?'],
])('--input %s=%s is refused', (name, text, message) => {
  expect(refusal(() => coerceInput(schema, name, text))).toMatchObject({ code: 'invalid_inputs', message })
})

test('an input the schema does not know is text where the schema is open', () => {
  expect(coerceInput({}, 'a', '1')).toBe('1')
  expect(coerceInput({ properties: { b: {} }, additionalProperties: true }, 'a', '1')).toBe('1')
})

test('every integer written out comes back, and text never changes', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string(), (count, topic) => {
      expect(coerceInput(schema, 'count', String(count))).toBe(count)
      expect(coerceInput(schema, 'topic', topic)).toBe(topic)
    }),
  )
})

test('a pattern that would take for ever in a backtracking engine is decided at once', () => {
  const slow = withSchema({ properties: { topic: { type: 'string', pattern: '^(a+)+$' } } })
  expect(() => effectiveInputs(slow, { topic: `${'a'.repeat(5_000)}!` })).toThrow(AppError)
  expect(effectiveInputs(slow, { topic: 'a'.repeat(5_000) })).toEqual({ topic: 'a'.repeat(5_000) })
})

test.each([
  ['^\\d{3}-[a-z]+$', '123-abc', '12-abc'],
  ['rain', 'the rain in', 'the snow in'],
  ['^\\p{Lu}', 'Äpfel', 'äpfel'],
  ['^\\u00e4$', 'ä', 'a'],
])('the pattern %s takes %s and not %s', (pattern, good, bad) => {
  const scenario = withSchema({ properties: { topic: { type: 'string', pattern } } })
  expect(effectiveInputs(scenario, { topic: good })).toEqual({ topic: good })
  expect(() => effectiveInputs(scenario, { topic: bad })).toThrow(AppError)
})
