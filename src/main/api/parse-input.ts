import type { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

/** Parses what came in by the contract's schema; every transport refuses in these words. Throws `invalid_body`. */
export function parseInput<Input extends z.ZodType>(schema: Input, given: unknown): z.output<Input> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const [first] = details
  throw new AppError(
    'invalid_body',
    `The request is not as the contract has it: ${first?.path || 'the whole'}: ${first?.message}.`,
    { details },
  )
}
