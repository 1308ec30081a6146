import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'
import { parsePlainJson } from './plain-json.ts'
import { isWellFormed } from './well-formed.ts'

export { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

/** How much a text may hold, and where it may have fractions. */
export interface StrictJsonOptions {
  /** Most characters the text may have. */
  readonly maxLength: number
  /**
   * Where a number may be written with a fraction or an exponent. Protocol members are integers and have to be
   * written as such, so by default only inside `extensions` and `ext`.
   */
  readonly fractions?: 'inside_extensions' | 'anywhere'
}

/** The text is not JSON as this protocol wants it. The message says what and where, never a value. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(`${reason} at character ${offset}`)
    this.offset = offset
  }
}

const MAX_DEPTH = 32
const EXTENSION_MEMBERS: ReadonlySet<string> = new Set(['extensions', 'ext'])

/** Sticky, so that each match starts exactly where the reader stands. */
const WHITESPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside strings.
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y
const FOUR_HEX_DIGITS = /[0-9a-fA-F]{4}/y

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Parses JSON and refuses what `JSON.parse` lets through: a repeated member name at any depth, integers beyond
 * ±(2^53−1), lone surrogates, nesting deeper than 32, a byte order mark.
 */
export function parseStrictJson(text: string, options: StrictJsonOptions): JsonValue {
  if (text.length > options.maxLength) {
    throw new StrictJsonError(`more than ${options.maxLength} characters`, options.maxLength)
  }
  return parsePlainJson(text) ?? readStrictJson(text, options.fractions)
}

/** As {@link parseStrictJson}, always character by character. Says what is wrong with a text, and where. */
export function readStrictJson(
  text: string,
  fractions: StrictJsonOptions['fractions'] = 'inside_extensions',
): JsonValue {
  return new Reader(text, fractions).document()
}

/** As {@link parseStrictJson}, for the usual case of an object at the top. */
export function parseStrictJsonObject(text: string, options: StrictJsonOptions): JsonObject {
  const value = parseStrictJson(text, options)
  if (!isJsonObject(value)) throw new StrictJsonError('no object', 0)
  return value
}

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0
  #fractionsAllowed: boolean

  constructor(text: string, fractions: 'inside_extensions' | 'anywhere') {
    this.#text = text
    this.#fractionsAllowed = fractions === 'anywhere'
  }

  document(): JsonValue {
    this.#skipWhitespace()
    const value = this.#value()
    this.#skipWhitespace()
    if (this.#at < this.#text.length) this.#refuse('something after the value')
    return value
  }

  #value(): JsonValue {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object())
      case '[':
        return this.#nested(() => this.#array())
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.#refuse(`nesting deeper than ${MAX_DEPTH}`)
    const value = read()
    this.#depth--
    return value
  }

  #object(): JsonObject {
    const members: Record<string, JsonValue> = Object.create(null)
    this.#expect('{')
    this.#skipWhitespace()
    if (this.#take('}')) return members
    do {
      this.#skipWhitespace()
      const nameAt = this.#at
      const name = this.#string()
      if (Object.hasOwn(members, name)) this.#refuse('repeated member name', nameAt)
      this.#skipWhitespace()
      this.#expect(':')
      this.#skipWhitespace()
      members[name] = this.#memberValue(name)
      this.#skipWhitespace()
    } while (this.#take(','))
    this.#expect('}')
    return members
  }

  #memberValue(name: string): JsonValue {
    const outside = this.#fractionsAllowed
    this.#fractionsAllowed = outside || EXTENSION_MEMBERS.has(name)
    const value = this.#value()
    this.#fractionsAllowed = outside
    return value
  }

  #array(): readonly JsonValue[] {
    const items: JsonValue[] = []
    this.#expect('[')
    this.#skipWhitespace()
    if (this.#take(']')) return items
    do {
      this.#skipWhitespace()
      items.push(this.#value())
      this.#skipWhitespace()
    } while (this.#take(','))
    this.#expect(']')
    return items
  }

  #string(): string {
    const start = this.#at
    this.#expect('"')
    let value = ''
    for (;;) {
      value += this.#match(PLAIN_CHARACTERS)?.[0] ?? ''
      if (this.#take('"')) break
      if (!this.#take('\\')) this.#refuse('unescaped control character or unfinished string')
      value += this.#escape()
    }
    if (!isWellFormed(value)) this.#refuse('lone surrogate in a string', start)
    return value
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? ''
    this.#at++
    if (letter !== 'u') return ESCAPES[letter] ?? this.#refuse('unknown escape', this.#at - 1)
    const digits = this.#match(FOUR_HEX_DIGITS)?.[0] ?? this.#refuse('escape without four hexadecimal digits')
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): number {
    const start = this.#at
    const [literal, fraction, exponent] = this.#match(NUMBER) ?? this.#refuse('no JSON value')
    const value = Number(literal)
    if (fraction === undefined && exponent === undefined) {
      if (!Number.isSafeInteger(value)) this.#refuse('integer beyond 2^53-1', start)
      return value
    }
    if (!this.#fractionsAllowed) this.#refuse('number written with a fraction or an exponent', start)
    if (!Number.isFinite(value)) this.#refuse('number too large', start)
    return value
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuse('no JSON value')
    this.#at += word.length
    return value
  }

  #skipWhitespace(): void {
    this.#match(WHITESPACE)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found !== null) this.#at += found[0].length
    return found
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#refuse(`no ${character}`)
  }

  #refuse(reason: string, at = this.#at): never {
    throw new StrictJsonError(reason, at)
  }
}
