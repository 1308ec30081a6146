import type { JsonValue } from './json.ts'

const MAX_DEPTH = 32

/**
 * The value of a text that is written exactly as `JSON.stringify` writes it, which is how nearly all messages and
 * tokens come. For such a text the native parser is strict: a repeated name, white space, a rounded integer, another
 * escape or a byte order mark would all have changed it. `undefined` says nothing about the text; it is then for the
 * reader that explains itself.
 */
export function parsePlainJson(text: string): JsonValue | undefined {
  // An escaped surrogate is the one thing that comes back unchanged and may still be wrong.
  if (text.includes('\\ud')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? withoutPrototypes(value, 0) : undefined
  } catch {
    return undefined
  }
}

/** The same value of objects without a prototype. `undefined` for a number or a depth that needs a closer look. */
function withoutPrototypes(value: unknown, depth: number): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isSafeInteger(value) ? value : undefined
    default:
      if (value === null) return null
      if (depth === MAX_DEPTH || typeof value !== 'object') return undefined
      return Array.isArray(value) ? items(value, depth + 1) : members(value, depth + 1)
  }
}

function items(value: readonly unknown[], depth: number): JsonValue | undefined {
  const copy: JsonValue[] = []
  for (const item of value) {
    const plain = withoutPrototypes(item, depth)
    if (plain === undefined) return undefined
    copy.push(plain)
  }
  return copy
}

function members(value: object, depth: number): JsonValue | undefined {
  const copy: Record<string, JsonValue> = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    const plain = withoutPrototypes(member, depth)
    if (plain === undefined) return undefined
    copy[name] = plain
  }
  return copy
}
