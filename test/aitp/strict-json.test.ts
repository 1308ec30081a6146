import { describe, expect, it } from 'vitest'
import { parseStrictJson, parseStrictJsonObject, StrictJsonError } from '../../src/aitp/strict-json.ts'

const options = { maxLength: 10_000 }
const parse = (text: string) => parseStrictJson(text, options)

/** `JSON.parse` accepts every one of these. */
const lenient = [
  ['a repeated member', '{"a":1,"a":2}', 'repeated member name'],
  ['a repeated member far down', '[{"x":{"a":1,"b":{"a":1,"a":1}}}]', 'repeated member name'],
  ['a member repeated through an escape', '{"a":1,"\\u0061":2}', 'repeated member name'],
  ['a repeated __proto__', '{"__proto__":1,"__proto__":2}', 'repeated member name'],
  ['an integer beyond 2^53-1', '9007199254740992', 'integer beyond 2^53-1'],
  ['an integer that a double rounds', '[9007199254740993]', 'integer beyond 2^53-1'],
  ['an integer below -(2^53-1)', '-9007199254740992', 'integer beyond 2^53-1'],
  ['a lone high surrogate as an escape', '"\\ud800"', 'lone surrogate'],
  ['a lone low surrogate as an escape', '"\\udc00"', 'lone surrogate'],
  ['a lone surrogate in a member name', '{"\\ud800":1}', 'lone surrogate'],
  ['a lone surrogate as a character', '"\ud800"', 'lone surrogate'],
  ['surrogates in the wrong order', '"\\udc00\\ud800"', 'lone surrogate'],
  ['nesting deeper than 32', `${'['.repeat(33)}${']'.repeat(33)}`, 'nesting deeper'],
  ['a fraction outside an extension', '{"exp":1.0}', 'fraction or an exponent'],
  ['an exponent outside an extension', '{"exp":1e3}', 'fraction or an exponent'],
] as const

describe('parseStrictJson', () => {
  it.each(lenient)('refuses %s, which JSON.parse accepts', (_, text, reason) => {
    expect(() => JSON.parse(text)).not.toThrow()
    expect(() => parse(text)).toThrow(StrictJsonError)
    expect(() => parse(text)).toThrow(reason)
  })

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['something after the value', '{} {}'],
    ['a comment', '{} // end'],
    ['NaN', 'NaN'],
    ['Infinity', '-Infinity'],
    ['a leading zero', '01'],
    ['a bare minus', '-'],
    ['a plus', '+1'],
    ['a hexadecimal number', '0x10'],
    ['a fraction without digits', '{"ext":1.}'],
    ['an exponent without digits', '{"ext":1e}'],
    ['single quotes', "'a'"],
    ['an unfinished string', '"a'],
    ['a control character in a string', '"a\nb"'],
    ['an unknown escape', '"\\x41"'],
    ['an escape of the prototype', '"\\constructor"'],
    ['a short unicode escape', '"\\u12"'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a trailing comma in an array', '[1,]'],
    ['a missing comma', '[1 2]'],
    ['a member without a value', '{"a"}'],
    ['a member name without quotes', '{a:1}'],
    ['an unfinished object', '{"a":1'],
    ['other white space', '\u00a0{}'],
    ['a misspelt word', 'tru'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(StrictJsonError)
  })

  it('refuses a number too large for a double even inside an extension', () => {
    expect(() => parse('{"ext":{"a":1e400}}')).toThrow('number too large')
  })

  it('reads fractions inside extensions and ext, at any depth, and nowhere beside them', () => {
    expect(parse('{"extensions":{"a":[1.5,1e21,-0.0]}}')).toEqual({ extensions: { a: [1.5, 1e21, -0] } })
    expect(() => parse('{"ext":{"a":0.1},"exp":1.5}')).toThrow('fraction')
    expect(parseStrictJson('[1.5]', { ...options, fractions: 'anywhere' })).toEqual([1.5])
  })

  it('accepts nesting of 32 and the whole range of integers', () => {
    expect(() => parse(`${'['.repeat(32)}${']'.repeat(32)}`)).not.toThrow()
    expect(parse('[9007199254740991,-9007199254740991,0,-0]')).toEqual([
      9007199254740991, -9007199254740991, 0, -0,
    ])
  })

  it('makes __proto__ and constructor ordinary members', () => {
    const object = parseStrictJsonObject('{"__proto__":{"admin":true},"constructor":1}', options)
    expect(Object.getPrototypeOf(object)).toBeNull()
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor'])
    expect('admin' in object).toBe(false)
  })

  it('refuses a text longer than the limit before reading it', () => {
    expect(() => parseStrictJson('[1]', { maxLength: 2 })).toThrow('more than 2 characters')
  })

  it('says where, and no value', () => {
    expect(() => parse('{"secret":"s3cret","secret":1}')).toThrow('repeated member name at character 19')
  })

  it.each(['[]', 'null', '"a"', '1'])('%s is no object at the top', (text) => {
    expect(() => parseStrictJsonObject(text, options)).toThrow('no object')
  })
})
