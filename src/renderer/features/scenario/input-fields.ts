/** One input of a scenario as a person fills it in. What the form does not know is a field of JSON text. */
export interface InputField {
  readonly name: string
  readonly title: string
  readonly description: string | null
  readonly required: boolean
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'json'
  readonly choices: readonly string[]
  /** The value that counts when nobody writes one, as text; `null` where the schema names none. */
  readonly fallback: string | null
  readonly rules: Rules
}

interface Rules {
  readonly minimum: number | null
  readonly maximum: number | null
  readonly minLength: number | null
  readonly maxLength: number | null
}

type Json = Record<string, unknown>

/** The fields of a JSON Schema of type object, in the order of its properties. */
export function fieldsOf(schema: Json): readonly InputField[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(asObject(schema['properties'])).map(([name, value]) => {
    const property = asObject(value)
    const kind = kindOf(property)
    return {
      name,
      title: asText(property['title']) ?? name,
      description: asText(property['description']),
      required: required.includes(name),
      kind,
      choices: kind === 'choice' ? choicesOf(property) : [],
      fallback: property['default'] === undefined ? null : toText(property['default'], kind),
      rules: {
        minimum: asNumber(property['minimum']),
        maximum: asNumber(property['maximum']),
        minLength: asNumber(property['minLength']),
        maxLength: asNumber(property['maxLength']),
      },
    }
  })
}

function kindOf(property: Json): InputField['kind'] {
  if (Array.isArray(property['enum']) && property['enum'].every((value) => typeof value === 'string'))
    return 'choice'
  switch (property['type']) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
    case 'boolean':
      return property['type']
    default:
      return 'json'
  }
}

function choicesOf(property: Json): readonly string[] {
  return Array.isArray(property['enum']) ? property['enum'].filter((value) => typeof value === 'string') : []
}

/** What a form holds for each field: its text, booleans as `true` and `false`. */
export type InputTexts = Readonly<Record<string, string>>

export function initialTexts(fields: readonly InputField[]): InputTexts {
  return Object.fromEntries(
    fields.map(({ name, kind, fallback }) => [name, fallback ?? (kind === 'boolean' ? 'false' : '')]),
  )
}

/** Why a text cannot be taken, as a sentence; `null` when it can. */
export function problemOf(field: InputField, text: string): string | null {
  if (text.trim() === '') return field.required ? 'This input is required.' : null
  const { minimum, maximum, minLength, maxLength } = field.rules
  switch (field.kind) {
    case 'boolean':
      return null
    case 'choice':
      return field.choices.includes(text) ? null : `Choose one of ${field.choices.join(', ')}.`
    case 'integer':
    case 'number': {
      const value = Number(text)
      if (!Number.isFinite(value)) return 'This is not a number.'
      if (field.kind === 'integer' && !Number.isInteger(value)) return 'This is not a whole number.'
      if (minimum !== null && value < minimum) return `The least value is ${minimum}.`
      if (maximum !== null && value > maximum) return `The greatest value is ${maximum}.`
      return null
    }
    case 'text': {
      const { length } = [...text]
      if (minLength !== null && length < minLength) return `At least ${minLength} characters.`
      if (maxLength !== null && length > maxLength) return `At most ${maxLength} characters.`
      return null
    }
    case 'json':
      return isJson(text) ? null : 'This is not JSON.'
  }
}

/** The inputs as the host takes them. An optional field that was left empty is left out. */
export function valuesOf(fields: readonly InputField[], texts: InputTexts): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { name, kind } of fields) {
    const text = texts[name] ?? ''
    if (text.trim() === '') continue
    if (kind === 'text' || kind === 'choice') values[name] = text
    else if (kind === 'boolean') values[name] = text === 'true'
    else if (kind === 'json') values[name] = JSON.parse(text)
    else values[name] = Number(text)
  }
  return values
}

export function toText(value: unknown, kind: InputField['kind']): string {
  if (kind === 'json') return JSON.stringify(value, null, 2)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
