import serialize from 'canonicalize'
import { isWellFormed } from './well-formed.ts'

const MAX_DEPTH = 64

/**
 * The canonical JSON text of a value (RFC 8785). A value that JSON cannot carry exactly is our own mistake, so it
 * is a `TypeError`: the serializer beneath would drop `undefined` members, call `toJSON` and unwrap boxed values.
 */
export function canonicalize(value: unknown): string {
  requireJson(value, 0)
  const text = serialize(value)
  if (text === undefined) throw new TypeError('the value has no canonical form')
  return text
}

function requireJson(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      return
    case 'string':
      requireWellFormed(value)
      return
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`)
      return
    case 'object':
      if (value === null) return
      // Also ends cycles.
      if (depth >= MAX_DEPTH)
        throw new TypeError(`a value nested deeper than ${MAX_DEPTH} has no canonical form`)
      if (Array.isArray(value)) requireJsonArray(value, depth)
      else requireJsonObject(value, depth)
      return
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`)
  }
}

function requireJsonArray(items: readonly unknown[], depth: number): void {
  for (let index = 0; index < items.length; index++) {
    if (!(index in items)) throw new TypeError('an array with holes has no canonical form')
    requireJson(items[index], depth + 1)
  }
}

function requireJsonObject(value: object, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError('only plain objects have a canonical form')
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw new TypeError('an object with symbol members has no canonical form')
  }
  for (const [name, member] of Object.entries(value)) {
    requireWellFormed(name)
    requireJson(member, depth + 1)
  }
}

function requireWellFormed(text: string): void {
  if (!isWellFormed(text)) throw new TypeError('a text with a lone surrogate has no canonical form')
}
