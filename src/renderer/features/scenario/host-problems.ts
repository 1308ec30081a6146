import type { AppError } from '../../../shared/errors.ts'
import type { InputField } from './input-fields.ts'

/** What the host said of each field, where the details of its refusal name one. */
export function hostProblems(error: AppError, fields: readonly InputField[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of entriesOf(error.details)) {
    const name = fields.find((field) => field.name === entry.field)?.name
    if (name !== undefined && !found.has(name)) found.set(name, entry.message)
  }
  return found
}

interface Entry {
  readonly field: string
  readonly message: string
}

/** Details come as a list of problems (with a path, or as the schema checker writes them) or as field and sentence. */
function entriesOf(details: unknown): readonly Entry[] {
  if (typeof details !== 'object' || details === null) return []
  if (Array.isArray(details)) return details.flatMap(entryOf)
  return Object.entries(details).flatMap(([field, value]) => {
    if (typeof value === 'string') return [{ field, message: value }]
    return Array.isArray(value) ? value.flatMap(entryOf) : []
  })
}

function entryOf(item: unknown): readonly Entry[] {
  if (typeof item !== 'object' || item === null) return []
  const record = item as Record<string, unknown>
  const params = record['params'] as { missingProperty?: unknown } | undefined
  const field = firstPart(
    params?.missingProperty ?? record['path'] ?? record['instancePath'] ?? record['field'],
  )
  const message = record['message']
  return field !== null && typeof message === 'string' ? [{ field, message }] : []
}

function firstPart(path: unknown): string | null {
  if (Array.isArray(path)) return firstPart(path.find((part) => part !== 'inputs'))
  if (typeof path !== 'string') return null
  return path.split(/[/.]/).find((part) => part !== '' && part !== 'inputs') ?? null
}
