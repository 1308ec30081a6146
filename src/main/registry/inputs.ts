import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import { AppError } from '../../shared/errors.ts'
import type { ScenarioFile } from '../../shared/scenario.ts'
import { suggestion } from './nearest.ts'
import { member } from './step-shapes.ts'

export type InputsSchema = ScenarioFile['spec']['inputs']['schema']

export interface InputProblem {
  /** Dotted, empty for the inputs as a whole. */
  readonly path: string
  readonly message: string
}

/** What a run really gets: the given inputs with the schema's defaults, checked. The given object stays as it is. */
export function effectiveInputs(
  scenario: ScenarioFile,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const effective = structuredClone(inputs) as Record<string, unknown>
  const { schema } = scenario.spec.inputs
  const validate = inputsAjv().compile(schema)
  if (validate(effective)) return effective
  const problems = (validate.errors ?? []).map((error) => problemOf(error, schema, effective))
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new AppError('invalid_inputs', `${first?.message ?? 'The inputs do not fit.'}${more}`, {
    details: problems,
  })
}

/** JSON Schema 2020-12 as scenarios use it: `format` only describes, an unknown keyword is ignored. Loading has checked the schema. */
export function inputsAjv(): Ajv2020 {
  return new Ajv2020({
    validateSchema: false,
    allErrors: true,
    useDefaults: true,
    strict: false,
    validateFormats: false,
    verbose: true,
    code: { regExp: linearRegExp },
  })
}

/**
 * Patterns of scenarios are a stranger's: they run in time linear in the text, which rules look-around and back
 * references out. `u` is a flag of the language's own engine and has no meaning here.
 */
const linearRegExp = Object.assign(
  (pattern: string, _u: string) => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
    return { test: (text: string) => compiled.matcher(text).find() }
  },
  { code: 'linearRegExp' },
)

/** The value that `--input NAME=TEXT` means, by the type the schema gives the input. */
export function coerceInput(schema: InputsSchema, name: string, text: string): unknown {
  const properties = member(schema, 'properties')
  const known = Object.keys(Object(properties))
  const open =
    known.length === 0 || ['patternProperties', 'additionalProperties'].some((key) => Boolean(schema[key]))
  if (!known.includes(name)) {
    if (open) return text
    throw refusal(
      name,
      `There is no input ${name}.${suggestion(name, known) || ` There are: ${known.join(', ')}.`}`,
    )
  }
  const wanted = typesOf(member(properties, name))
  for (const type of wanted.toSorted((one, other) => Number(one === 'string') - Number(other === 'string'))) {
    const value = readers[type]?.(text)
    if (value !== undefined) return value
  }
  if (wanted.length === 0) return text
  throw refusal(name, `Input ${name} must be ${wanted.map(article).join(' or ')}; ${quote(text)} is not.`)
}

/** Each gives `undefined` for a text that is not of its type. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  string: (text) => text,
  integer: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined),
  number: (text) => (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  null: (text) => (text === 'null' ? null : undefined),
  array: (text) => json(text, Array.isArray),
  object: (text) =>
    json(text, (value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
}

function json(text: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return fits(value) ? value : undefined
  } catch {
    return undefined
  }
}

function typesOf(schema: unknown): string[] {
  const type = member(schema, 'type')
  const named = Array.isArray(type) ? type : [type]
  return named.filter((name): name is string => typeof name === 'string')
}

function refusal(name: string, message: string): AppError {
  return new AppError('invalid_inputs', message, { details: [{ path: name, message }] })
}

function problemOf(error: ErrorObject, schema: InputsSchema, inputs: unknown): InputProblem {
  const inside = error.instancePath.split('/').slice(1).map(unescapePointer)
  const path = inside.join('.')
  const { params } = error
  if (error.keyword === 'required') {
    const missing = [...inside, params['missingProperty']].join('.')
    return { path: missing, message: `Input ${missing} is missing.` }
  }
  if (error.keyword === 'additionalProperties') {
    const extra = String(params['additionalProperty'])
    const holder = inside.reduce<unknown>((at, part) => member(member(at, 'properties'), part), schema)
    const known = Object.keys(Object(member(holder, 'properties')))
    const name = [...inside, extra].join('.')
    return { path: name, message: `There is no input ${name}.${suggestion(extra, known)}` }
  }
  const given = quote(inside.reduce<unknown>(member, inputs))
  const wanted =
    error.keyword === 'enum'
      ? `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`
      : (error.message ?? 'does not fit')
  return { path, message: `${path === '' ? 'The inputs' : `Input ${path}`} ${wanted}; ${given} is not.` }
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function article(type: string): string {
  const forms: Record<string, string> = {
    array: 'a JSON array',
    boolean: 'true or false',
    integer: 'a whole number',
    null: 'null',
    object: 'a JSON object',
  }
  return forms[type] ?? `a ${type}`
}

/** A value as a sentence can show it: cut, because it may be a whole document. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
