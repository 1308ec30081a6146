import serialize from 'canonicalize'
import { describe, expect, it } from 'vitest'
import { canonicalize } from '../../src/aitp/jcs.ts'
import { parseStrictJson } from '../../src/aitp/strict-json.ts'

class Money {
  toJSON() {
    return 'money'
  }
}

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

describe('canonicalize', () => {
  /** The examples of RFC 8785 §3.2. */
  it('writes numbers, strings and order as RFC 8785 has them', () => {
    expect(
      canonicalize([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0]),
    ).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]')
    expect(canonicalize('\u20ac$\u000f\nA\'B"\\\\"/\u007f\u2028')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"',
    )
    expect(
      canonicalize({
        '\u20ac': 1,
        '\r': 2,
        '\ufb33': 3,
        '1': 4,
        '\ud83d\ude00': 5,
        '\u0080': 6,
        '\u00f6': 7,
      }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  it('keeps a member called __proto__', () => {
    expect(canonicalize(parseStrictJson('{"b":1,"__proto__":2}', { maxLength: 100 }))).toBe(
      '{"__proto__":2,"b":1}',
    )
  })

  it.each<[string, unknown]>([
    ['an undefined member', { a: undefined }],
    ['an undefined item', [undefined]],
    ['a function', { a: () => 1 }],
    ['a symbol', [Symbol('a')]],
    ['a symbol member', { [Symbol('a')]: 1 }],
    ['a toJSON method', new Money()],
    ['a date', { at: new Date(0) }],
    ['a boxed value', [new Number(1)]],
    ['a map', new Map([['a', 1]])],
    ['bytes', new Uint8Array(2)],
    ['a hole', new Array(1)],
  ])('refuses %s, which the serializer beneath accepts', (_, value) => {
    expect(() => serialize(value)).not.toThrow()
    expect(() => canonicalize(value)).toThrow(TypeError)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['an infinity', [Number.POSITIVE_INFINITY]],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a cycle', cycle],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalize(value)).toThrow(TypeError)
  })
})
