import type { z } from 'zod'
import { Refusal } from '../refusal.ts'

/** The body as JSON. Throws `BODY_INVALID`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal('BODY_INVALID', 'The request body is not JSON.', { cause })
  }
}

/** The body as a schema has it. Throws `BODY_INVALID`, which names the first member that is otherwise. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Refusal('BODY_INVALID', `${issue?.path.join('.') || 'The body'}: ${issue?.message}.`)
}
