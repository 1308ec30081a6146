import { describe, expect, it } from 'vitest'
import { failingAssertions } from '../../src/main/runner/assertions.ts'
import { Assertion } from '../../src/shared/steps.ts'

const output = {
  code: null,
  list: ['a', 3],
  deep: [{ x: 1 }],
  text: 'a lighthouse',
  whole: { a: [1, { b: 2 }] },
}
const failing = (assertion: unknown) => failingAssertions([Assertion.parse(assertion)], output)

describe('failingAssertions', () => {
  it.each([
    { path: 'code', equals: null },
    { path: 'deep.0.x', equals: 1 },
    { path: 'whole', equals: { a: [1, { b: 2 }] } },
    { path: 'text', not_equals: 'a lamp' },
    { path: 'text', contains: 'light' },
    { path: 'list', contains: 3 },
    { path: 'text', exists: true },
    { path: 'code', exists: false },
    { path: 'deep.1', exists: false },
    { path: 'text.length', exists: false },
  ])('is content with %j', (assertion) => {
    expect(failing(assertion)).toEqual([])
  })

  it.each([
    [{ path: 'code', equals: 'X' }, 'code is null, and should be "X"'],
    [{ path: 'none', equals: null }, 'none is not there, and should be null'],
    [{ path: 'deep.0', not_equals: { x: 1 } }, 'deep.0 is {"x":1}, and should not be {"x":1}'],
    [{ path: 'list', contains: '3' }, 'list is ["a",3], and should contain "3"'],
    [{ path: 'deep.1', exists: true }, 'deep.1 is not there, and should be there'],
    [{ path: 'code', exists: true }, 'code is null, and should be there'],
    [{ path: 'deep.0.x', exists: false }, 'deep.0.x is 1, and should not be there'],
  ])('says of %j what is wrong', (assertion, sentence) => {
    expect(failing(assertion)).toEqual([sentence])
  })
})
