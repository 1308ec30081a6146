import type { z } from 'zod'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { Path } from './source.ts'
import { member } from './step-shapes.ts'

/**
 * Parses a file by its schema. Unknown keys are problems, but the value without them counts: a typing
 * mistake must be seen and need not stop anything.
 */
export function parseFile<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  problems: Problem[],
): z.output<Schema> | null {
  const first = schema.safeParse(value)
  if (first.success) return first.data
  const unknown = first.error.issues.filter(isUnknownKeys)
  for (const { path, keys } of unknown) {
    for (const key of keys) {
      const known = knownKeys(schema, pathOf(path))
      const message = `There is no key ${key} here.${suggestion(key, known)}`
      problems.push({ rule: 'unknown-key', path: [...pathOf(path), key], atKey: true, message })
    }
  }
  const second = unknown.length === 0 ? first : schema.safeParse(without(value, unknown))
  if (second.success) return second.data
  for (const issue of second.error.issues) problems.push(problemOf(issue, value))
  return null
}

type UnknownKeys = z.core.$ZodIssueUnrecognizedKeys

function isUnknownKeys(issue: z.core.$ZodIssue): issue is UnknownKeys {
  return issue.code === 'unrecognized_keys'
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'symbol' ? String(part) : part))
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): Problem {
  const path = pathOf(issue.path)
  const name = path.length === 0 ? 'the file' : spell(path)
  const given = path.reduce<unknown>(member, value)
  if (given === undefined && path.length > 0) {
    return { rule: 'missing-key', path, message: `${name} is missing.` }
  }
  const choices = choicesOf(issue)
  if (choices !== null) {
    const wrong = `${name} is ${JSON.stringify(given)}, which is none of ${choices.join(', ')}.`
    return { rule: 'wrong-value', path, message: `${wrong}${suggestion(String(given), choices)}` }
  }
  const message = issue.message
    .replace(/^Invalid (?:input|option): /, '')
    .replace(/^Invalid input$/, 'has a wrong value')
  return { rule: 'wrong-value', path, message: `${name}: ${message}.` }
}

/** What could stand there, where that is a list of words. */
function choicesOf(issue: z.core.$ZodIssue): string[] | null {
  if (issue.code === 'invalid_value' && issue.values.length > 1) return issue.values.map(String)
  if (issue.code !== 'invalid_union') return null
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
  return options.length > 0 ? options.map(String) : null
}

function spell(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** A copy without the keys that were found to be unknown. */
function without(value: unknown, issues: readonly UnknownKeys[]): unknown {
  const copy = structuredClone(value)
  for (const { path, keys } of issues) {
    const holder = pathOf(path).reduce<unknown>(member, copy)
    if (typeof holder !== 'object' || holder === null) continue
    for (const key of keys) Reflect.deleteProperty(holder, key)
  }
  return copy
}

/** The keys a strict object allows at a path, for suggestions only. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  let at: unknown = definition(schema)
  for (const part of path) {
    at = definition(typeof part === 'number' ? get(at, 'element') : get(get(at, 'shape'), part))
  }
  const options = get(at, 'options')
  const variants = Array.isArray(options) ? options.map(definition) : [at]
  return variants.flatMap((variant) => Object.keys(Object(get(variant, 'shape'))))
}

/** What a schema says about itself, inside `default`, `optional` and the like. */
function definition(schema: unknown): unknown {
  const own = get(schema, 'def')
  const inner = get(own, 'innerType')
  return inner === undefined ? own : definition(inner)
}

function get(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
