import { Option } from 'commander'
import { AppError } from '../../shared/errors.ts'
import { coerceInput } from '../registry/index.ts'

/** `--input name=value`, as often as wanted. */
export function inputOption(): Option {
  return new Option('--input <name=value>', 'one input; may be given several times')
    .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
    .default([])
}

/** The inputs that were given, each of the type that the schema has for it. Throws `usage` or `invalid_inputs`. */
export function parseInputs(
  given: readonly string[],
  schema: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    given.map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 1) throw new AppError('usage', `--input takes name=value, not "${pair}".`)
      const name = pair.slice(0, equals)
      return [name, coerceInput(schema, name, pair.slice(equals + 1))]
    }),
  )
}
