import { z } from 'zod'

/** A list of at most so many. Counted before any member is looked at: each that is wrong would cost an issue. */
export function listOf<Item extends z.ZodType>(item: Item, most: number) {
  return z.array(z.unknown()).max(most).pipe(z.array(item))
}

/** Members under names of anybody's choice, at most so many; counted before any is looked at. */
export function recordOf<Value extends z.ZodType>(value: Value, most: number) {
  return z
    .custom<Readonly<Record<string, unknown>>>(
      (given) => typeof given === 'object' && given !== null && Object.keys(given).length <= most,
      `at most ${most} members`,
    )
    .pipe(z.record(z.string(), value))
}

/** Unix seconds that a calendar can show. */
export const UnixSeconds = z.number().min(0).max(8.64e12)
