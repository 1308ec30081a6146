import { isAid } from './aid.ts'
import { describe, describeSecret } from './describe.ts'
import type { Engine } from './engine.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts'
import { isUuid, isUuidOfAnyVersion } from './uuid.ts'

/** What is wrong with a member: where, what it should be, what came. */
export interface Fault {
  readonly member: string
  readonly expected: string
  readonly actual: string
}

/** Says what is wrong with a value, `undefined` when nothing is. */
export type Rule = (value: JsonValue) => Fault | undefined

/** The members of a closed object. */
export interface Shape {
  readonly required: Readonly<Record<string, Rule>>
  readonly optional: Readonly<Record<string, Rule>>
}

/** A shape that needs an engine for its AIDs, built once for each. */
export function shapeFor(build: (engine: Engine) => Shape): (engine: Engine) => Shape {
  const shapes = new WeakMap<Engine, Shape>()
  return (engine) => {
    const known = shapes.get(engine)
    if (known !== undefined) return known
    const shape = build(engine)
    shapes.set(engine, shape)
    return shape
  }
}

export interface Inspection {
  /** The first structural fault other than an unknown member. */
  readonly fault: Fault | undefined
  /** The first unknown member. It has a code of its own when there is no other fault. */
  readonly unknown: Fault | undefined
}

export function inspect(object: JsonObject, shape: Shape): Inspection {
  return { fault: firstFault(object, shape), unknown: firstUnknown(object, shape) }
}

function firstFault(object: JsonObject, { required, optional }: Shape): Fault | undefined {
  for (const name in required) {
    const value = object[name]
    const fault =
      value === undefined ? { member: '', expected: 'present', actual: 'absent' } : required[name]?.(value)
    if (fault !== undefined) return inside(name, fault)
  }
  for (const name in optional) {
    const value = object[name]
    const fault = value === undefined ? undefined : optional[name]?.(value)
    if (fault !== undefined) return inside(name, fault)
  }
  return undefined
}

function firstUnknown(object: JsonObject, { required, optional }: Shape): Fault | undefined {
  const name = Object.keys(object).find(
    (member) => !Object.hasOwn(required, member) && !Object.hasOwn(optional, member),
  )
  return name === undefined
    ? undefined
    : { member: name.slice(0, 80), expected: 'no such member', actual: 'present' }
}

function inside(name: string, { member, expected, actual }: Fault): Fault {
  return { member: member === '' ? name : `${name}.${member}`, expected, actual }
}

function rule(expected: string, holds: (value: JsonValue) => boolean, show = describe): Rule {
  return (value) => (holds(value) ? undefined : { member: '', expected, actual: show(value) })
}

export const anyString = rule('a string', (value) => typeof value === 'string')
export const nonEmptyString = rule('a non-empty string', (value) => typeof value === 'string' && value !== '')
export const anyObject = rule('an object', isJsonObject)
export const anyBoolean = rule('true or false', (value) => typeof value === 'boolean')
export const uuid = rule(
  'a version 4 UUID in lowercase',
  (value) => typeof value === 'string' && isUuid(value),
)
export const uuidOfAnyVersion = rule(
  'a UUID in lowercase',
  (value) => typeof value === 'string' && isUuidOfAnyVersion(value),
)

/** A signature, proof or token: only its being a non-empty string is structure; its form belongs to its own check. */
export const opaque = rule(
  'a non-empty string',
  (value) => typeof value === 'string' && value !== '',
  describeSecret,
)

/** The text of a SHA-256 digest or a JWK thumbprint. */
export const digestText = stringOf('43 characters of base64url', (text) => /^[A-Za-z0-9_-]{43}$/.test(text))

/** 22 characters of base64url. Anything longer would let a peer choose what this agent signs. */
export const nonce = rule(
  '22 characters of base64url',
  (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{21}[AQgw]$/.test(value),
  describeSecret,
)

export function aid(engine: Engine): Rule {
  return rule('an AID', (value) => typeof value === 'string' && isAid(engine, value))
}

export function integerFrom(least: number): Rule {
  return rule(
    `an integer, ${least} or more`,
    (value) => Number.isSafeInteger(value) && Number(value) >= least,
  )
}

export function oneOf(...values: readonly string[]): Rule {
  return rule(values.join(' or '), (value) => typeof value === 'string' && values.includes(value))
}

export function stringOf(expected: string, holds: (text: string) => boolean): Rule {
  return rule(expected, (value) => typeof value === 'string' && holds(value))
}

/** An array of different strings, each of which the predicate accepts. */
export function uniqueStrings(expected: string, mostItems: number, holds: (text: string) => boolean): Rule {
  return (value) => {
    const wanted = `at most ${mostItems} different strings, each ${expected}`
    if (!Array.isArray(value)) return { member: '', expected: wanted, actual: describe(value) }
    const items: readonly JsonValue[] = value
    if (items.length > mostItems) return { member: '', expected: wanted, actual: describe(items) }
    const wrong = items.find(
      (item, index) => typeof item !== 'string' || !holds(item) || items.indexOf(item) !== index,
    )
    return wrong === undefined
      ? undefined
      : { member: '', expected: wanted, actual: `${describe(wrong)} in it` }
  }
}

/** Capabilities and grants. */
export const capabilities = uniqueStrings('non-empty and without whitespace', 256, (text) =>
  /^\S+$/u.test(text),
)

/** An array whose items all follow one rule. The member named by a fault begins with the index. */
export function arrayOf(item: Rule, mostItems: number): Rule {
  return (value) => {
    if (!Array.isArray(value)) return { member: '', expected: 'an array', actual: describe(value) }
    const items: readonly JsonValue[] = value
    if (items.length > mostItems)
      return { member: '', expected: `at most ${mostItems} items`, actual: describe(items) }
    for (const [index, each] of items.entries()) {
      const fault = item(each)
      if (fault !== undefined) return inside(String(index), fault)
    }
    return undefined
  }
}

/** An object that may have nothing but these members. */
export function closedObject(shape: Shape): Rule {
  return (value) => {
    if (!isJsonObject(value)) return { member: '', expected: 'an object', actual: describe(value) }
    const { fault, unknown } = inspect(value, shape)
    return fault ?? unknown
  }
}
